"""The error of a planner that has no answer."""


class PlannerError(Exception):
    """The model is unreachable, too slow or unreadable; the message is one line."""
