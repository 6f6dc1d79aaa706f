"""Say it, and the arm does it: the face of the stack."""
