"""The worker of a bench; light on imports, since every worker process loads it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sayso.cpu_steal import kept, ticks
from sayso.errors import UserError


def run_episode(episode: Callable[[int], dict[str, Any]], seed: int, alone: bool = False) -> dict[str, Any]:
    """The record of one episode; an episode that raises has failed, and its record has the "error".

    With ``alone`` the record has the CPU steal as "host", a fraction. A `UserError`, such as a missing model, or a
    missing package is no failed episode and is raised.
    """
    before = ticks()
    record = _run(episode, seed)
    return record | {"host": round(kept(before, ticks()), 3)} if alone else record


def _run(episode: Callable[[int], dict[str, Any]], seed: int) -> dict[str, Any]:
    try:
        return episode(seed)
    except UserError:
        raise
    except Exception as error:
        if missing := _missing(error):
            raise UserError(f"{error}" if missing is error else f"{error} ({missing})") from error
        where = traceback.extract_tb(error.__traceback__)[-1]
        return {"ok": False, "error": f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"}


def _missing(error: BaseException) -> ImportError | None:
    """The missing package that caused ``error``, if any."""
    while not isinstance(error, ImportError):
        cause = error.__cause__ or error.__context__
        if cause is None:
            return None
        error = cause
    return error
