"""Disturbances of a simulated run: what happens to things, cameras and joints behind the robot's back.

Start at ``kinds.py``. They act on the simulated world alone, never on the program that drives the arm.
"""
