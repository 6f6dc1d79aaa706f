"""Turns camera frames into a `Scene`: detector, tracker, uncertainty. Start at ``pipeline.py``."""

if __name__ == "perception":
    raise ModuleNotFoundError("No module named 'perception'; it is sayso.perception", name="perception")
