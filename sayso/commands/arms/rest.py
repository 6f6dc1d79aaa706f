"""``sayso rest``: lay a real arm down and switch it off."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sayso.commands.terminal.options import setting_up
from sayso.errors import UserError


def rest(
    robot: Annotated[str, typer.Argument(help="A real arm: its driver or saved name.")],
    port: Annotated[str | None, typer.Option(help="The arm's port, if not the saved one.")] = None,
    live: Annotated[
        bool, typer.Option("--live", help="The arm may move; needed the first time and after a change of its limits.")
    ] = False,
) -> None:
    """Move an arm slowly to its rest pose and switch its motors off there.

    Ctrl-C and sayso stop leave the arm in its position.
    Exit code 0: the arm lies down, 1: it does not.

    Example: sayso rest so101
    """
    from sayso.backends.real import loop_robot
    from sayso.backends.resolve_robot import confirm, resolve_robot
    from sayso.backends.simulated_arms import is_simulated
    from sayso.hardware.control.homing import StoppedError
    from sayso.runs.interrupts import StopRequest, reachable

    if is_simulated(robot):
        raise UserError(f"{robot} is simulated; only a real arm lies down")
    with setting_up():
        found = resolve_robot(robot, port, live=live)
        if found.spec.rest is None:
            raise UserError(f"{found.name} has no rest pose; it holds its position")
        arm = loop_robot(found, _tell)
    asked = StopRequest(arm.stop)
    with reachable(asked, robot, "lying down", lambda: arm.stop_line):
        if live:
            _tell(found.limits)
            confirm(found)
        with setting_up(), arm:
            if asked.stopped:
                raise StoppedError(f"{found.name} was stopped; it stays in its position")
            lies = arm.rest(lambda: asked.stopped)
    print(f"{found.name} {'lies down and is switched off' if lies else 'stays in its position'}")
    raise typer.Exit(0 if lies else 1)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
