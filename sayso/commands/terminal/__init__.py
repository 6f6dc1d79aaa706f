"""What all commands share in a terminal: options, progress, findings."""
