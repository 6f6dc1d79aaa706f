"""``sayso doctor``: checks whether this computer and arm are good enough. Start at ``finding.py``."""
