"""Grasps: where the fingers take a thing."""
