"""Device layer: types, device contracts, safety guard, control loop and drivers. Start at ``robot.py``."""

if __name__ == "hardware":
    raise ModuleNotFoundError("No module named 'hardware'; it is sayso.hardware", name="hardware")
