"""The floor: types, the robot and camera contracts, the guard, the control loop and the clock."""
