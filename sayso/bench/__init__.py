"""Benchmarks: suites of seeded episodes, each cell with its Wilson interval."""
