"""Benchmarks of sentences: what is understood, asked and refused."""
