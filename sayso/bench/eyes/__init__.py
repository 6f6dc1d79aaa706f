"""Benchmarks of perception: simulated views and real pictures."""
