"""Shared-memory communication between the processes of a session. Start at ``channel.py``."""
