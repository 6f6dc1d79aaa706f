"""Processes of a session: supervision, and an arm's loop in a process of its own. Start at ``supervisor.py``."""
