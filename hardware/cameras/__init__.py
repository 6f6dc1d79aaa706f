"""Cameras: opened and decoded in processes of their own, watched, and calibrated by a file that says so."""
