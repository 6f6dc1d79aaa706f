"""Cameras: one process per device, fault detection and calibration files. Start at ``rig.py``."""
