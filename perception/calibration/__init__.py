"""Camera calibration with a board of known size. Start at ``lens.py``, then ``hand_eye.py``."""
