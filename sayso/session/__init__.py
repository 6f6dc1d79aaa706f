"""A session: one robot that executes instructions, and what reaches it from other threads."""

from sayso.planner.plan import Question
from sayso.session.options import Options, SessionError
from sayso.session.session import Session

__all__ = ["Options", "Question", "Session", "SessionError"]
