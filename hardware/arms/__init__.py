"""Arms: a URDF and a limits file (``arm.json``) each; the same two files describe an arm of your own."""
