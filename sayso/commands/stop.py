"""``sayso stop``: the arm holds still."""

from __future__ import annotations

import typer

from sayso.commands.options import OneRobot, OneSession
from sayso.live_client import Stopped


def stop(session: OneSession = None, robot: OneRobot = None) -> None:
    """Stop all sessions of yours on this computer, or those that are named: each arm stands at its next control cycle.

    Exit code 1: a session could not be reached, and its arm may still move.

    Example: sayso stop
    """
    from sayso import live_client

    outcomes = live_client.stop(session, robot, _tell)
    raise typer.Exit(0 if all(o.answered or o.pressed for o in outcomes) else 1)


def _tell(outcome: Stopped) -> None:
    if outcome.answered:
        print(f"stopped {outcome.session}", flush=True)
    elif outcome.pressed:
        print(f"stopped the arm of {outcome.session}; the session itself does not answer", flush=True)
    else:
        pid = outcome.session.pid
        print(f"NOT stopped: {outcome.session} does not answer; use the arm's own stop, then end process {pid}")
