"""Backends of a session: an arm with its loop and cameras, simulated or real. Start at ``backend.py``."""
