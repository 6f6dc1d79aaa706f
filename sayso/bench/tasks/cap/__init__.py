"""The tabletop tasks of Code as Policies (Liang et al. 2023), carried out by this product."""
