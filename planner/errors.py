"""No answer from a planner: the error, and what a session may do then."""

from __future__ import annotations

from enum import StrEnum


class PlannerError(Exception):
    """No answer from the planner; the message says why in one line."""


class Fallback(StrEnum):
    """What to do without an answer: plan on this computer, ask a person, or hold the arm and ask the planner again."""

    LOCAL = "local"
    ASK = "ask"
    HOLD = "hold"
