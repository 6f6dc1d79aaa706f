"""A small software renderer for training pictures, and models of what cameras do to them. Start at ``picture.py``."""
