"""What is watched while a plan is carried out: constraints that must hold, and conditions that are waited for."""
