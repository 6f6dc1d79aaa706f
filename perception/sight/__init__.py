"""Detector and eyes together: what an arm sees. Start at ``sight.py``."""
