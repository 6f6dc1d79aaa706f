"""ROS 2 arms over rosbridge."""
