"""Calibration of cameras by a board of known size: the lens, and where the camera stands."""
