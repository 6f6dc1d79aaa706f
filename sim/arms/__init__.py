"""Arm models for PyBullet, ready-made and user-defined. Start at ``arm_models.py``."""
