"""Arm descriptions: one folder per arm with a URDF and ``arm.json``. Start at ``load.py``."""
