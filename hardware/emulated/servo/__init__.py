"""Emulated servo buses at packet level. Start at ``bus.py``."""
