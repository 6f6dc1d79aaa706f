"""Emulated arms with simulated physics behind the protocols. Start at ``emulators.py``."""
