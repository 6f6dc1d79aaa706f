"""Cameras' frames become a `Scene`: a learned detector, a tracker, and what they know with what certainty."""
