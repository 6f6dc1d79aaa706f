"""Adapters from a `World` to the robot and camera contracts. Start at ``robot.py``."""
