"""Suites about faults, stops and timing."""
