"""Tasks at which the shipped models fail for a reason that a person can say, and a model of that person."""
