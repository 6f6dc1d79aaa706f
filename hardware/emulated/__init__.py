"""Emulated devices that speak the real protocols; the caller supplies the physics. Start at ``device.py``."""
