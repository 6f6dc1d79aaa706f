"""Whether this computer and this arm are good enough, in words."""
