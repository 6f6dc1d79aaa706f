"""Shared by all commands in a terminal: options, progress, findings."""
