"""``sayso calibrate``: what is shown to a camera or an arm becomes a file, and a folder of pictures that judge it."""
