"""An emulated Franka control box: libfranka's servers and protocol. Start at ``control_box.py``."""
