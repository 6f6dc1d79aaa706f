"""What a session works with: an arm, its loop and cameras, simulated or real."""
