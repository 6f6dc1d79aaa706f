"""Arms of smart servos (Feetech, Dynamixel): buses, setup, calibration and the arms built of them."""
