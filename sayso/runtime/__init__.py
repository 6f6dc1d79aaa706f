"""The runtime: from joint state and frames to joint targets, and the rooms beside it. Start at runtime.py."""
