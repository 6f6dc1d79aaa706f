"""Looks: how a thing looks in a picture, and by that the name that it was taught. Start at ``recognition.py``."""
