"""``sayso calibrate``: calibrates lens, camera pose and servos, with a report of pictures. Start at ``lens.py``."""
