"""Grasps tried out in physics: an arm's hand, flying free, over a table of things."""
