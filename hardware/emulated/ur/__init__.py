"""An emulated Universal Robots controller: RTDE, dashboard and script ports. Start at ``controller.py``."""
