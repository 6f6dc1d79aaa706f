"""Say it, and the arm does it: the face of the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sim  # noqa: F401 (registers "sayso/Tabletop-v0" with Gymnasium)

if TYPE_CHECKING:
    from sayso.result import RunResult
    from sayso.session import Options, Session

__all__ = ["Options", "RunResult", "Session"]


def __getattr__(name: str) -> Any:
    """Load the parts when they are first asked for: PyBullet and the models' run time take a second."""
    if name in ("Session", "Options"):
        from sayso import session

        return getattr(session, name)
    if name == "RunResult":
        from sayso.result import RunResult

        return RunResult
    raise AttributeError(f"module 'sayso' has no attribute '{name}'; it has {__all__}")
