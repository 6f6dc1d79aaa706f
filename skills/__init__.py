"""Language motions and the learned policy that carries them out."""
