"""Training of the grasp network from grasps tried out in physics. Start at ``trainer.py``."""
