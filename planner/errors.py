"""What a planner raises when it can give no answer at all."""


class PlannerError(Exception):
    """No answer: the model cannot be reached, is too slow, or says nothing that can be read. One clear line."""
