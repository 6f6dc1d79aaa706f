"""Training that needs the simulator: data from it, and the glue from data to an exported model with its card."""
