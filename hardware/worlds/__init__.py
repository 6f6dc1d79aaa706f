"""Worlds of other simulators behind the robot and camera contracts."""
