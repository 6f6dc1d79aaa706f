"""ROS 2 arms over rosbridge. Start at ``rosbridge.py``."""
