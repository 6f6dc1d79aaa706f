"""Cameras' frames become a `Scene`: a learned detector, a tracker, and what they know with what certainty."""

if __name__ == "perception":
    raise ModuleNotFoundError("No module named 'perception'; it is sayso.perception", name="perception")
