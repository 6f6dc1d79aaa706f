"""Suites about what the robot does: tasks, words and pictures."""
