"""The lowest layer: types, the robot and camera contracts, the guard, the control loop and the clock."""

if __name__ == "hardware":
    raise ModuleNotFoundError("No module named 'hardware'; it is sayso.hardware", name="hardware")
