"""What will come of the current subtask: signs of scene and robot, and a learned critic that reads them."""
