"""``sayso stop``: stop the sessions' arms."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.commands.terminal.at_once import Arguments
from sayso.runtime.hearing.command_client import STOP_S, Stopped
from sayso.runtime.hearing.command_client import stop as stop_sessions

TEXT = """Stop all your sessions on this computer, or only the named ones.
Each arm brakes from its next control cycle on.

Exit codes: 0 all stopped, 1 a session or its arm's control loop did not answer, 2 no session runs.

Example: sayso stop"""


def stop(arguments: Sequence[str]) -> int:
    """Stop the sessions and return the exit code."""
    given = Arguments("stop", TEXT).parse_args(arguments)
    return stop_all(given.session, given.robot)


def stop_all(session: str | None, robot: str | None) -> int:
    """Stop the named sessions, or all, report on each, and return the exit code."""
    outcomes = stop_sessions(session, robot, _tell)
    return 0 if all(o.taken and (o.answered or o.pressed) for o in outcomes) else 1


def _tell(outcome: Stopped) -> None:
    if not outcome.taken:
        named = f"the control loop of {outcome.session}"
        late = f"NOT stopped: {named} did not take the stop within {STOP_S:g} s"
        line = f"{late}; its own watchdog holds the arm, if it has one: use its own stop"
    elif outcome.answered:
        line = f"stopped {outcome.session}"
    elif outcome.pressed:
        line = f"stopped the arm of {outcome.session}; the session itself does not answer"
    else:
        pid = outcome.session.pid
        line = f"NOT stopped: {outcome.session} does not answer; use the arm's own stop, then end process {pid}"
    print(line, flush=True)
