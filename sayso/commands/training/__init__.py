"""Commands for demonstrations, training and models."""
