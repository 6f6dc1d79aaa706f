"""Arms built of smart servos (Feetech, Dynamixel): buses, setup, calibration, arms. Start at ``arm.py``."""
