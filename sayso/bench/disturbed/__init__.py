"""How a run copes with disturbances, beside runs with less or more oversight."""
