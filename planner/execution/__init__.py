"""Carrying out a plan: the goal of a subtask, the next motion, the critic's verdict, and what follows from it."""
