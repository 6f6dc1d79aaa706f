"""``sayso rest``: a real arm that was left holding lies down and is switched off."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sayso.commands.terminal.options import setting_up
from sayso.errors import UserError


def rest(
    robot: Annotated[str, typer.Argument(help="A real arm: its driver or kept name.")],
    port: Annotated[str | None, typer.Option(help="Where the arm is, if not where it is kept.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Move an arm that was never moved with these limits.")] = False,
) -> None:
    """Move an arm slowly to its rest pose and switch its motors off there. Ctrl-C and sayso stop leave it where it is.

    Exit code 0: it lies, 1: it does not.

    Example: sayso rest so101
    """
    from sayso.backends.real import loop_robot
    from sayso.backends.resolve_robot import confirm, resolve_robot
    from sayso.backends.simulated_arms import is_simulated
    from sayso.hardware.control.homing import StoppedError
    from sayso.runs.interrupts import StopRequest, reachable

    if is_simulated(robot):
        raise UserError(f"{robot} has no motors to switch off; only a real arm lies down")
    with setting_up():
        found = resolve_robot(robot, port, live=live)
        if found.spec.rest is None:
            raise UserError(f"{found.name} has no pose to lie down in; it holds itself where it is")
        arm = loop_robot(found, _tell)
    asked = StopRequest(arm.stop)
    with reachable(asked, robot, "lying down", lambda: arm.stop_line):
        if live:
            _tell(found.limits)
            confirm(found)
        with setting_up(), arm:
            if asked.stopped:
                raise StoppedError(f"{found.name} was stopped; it stays where it is")
            lies = arm.rest(lambda: asked.stopped)
    print(f"{found.name} {'lies down and is switched off' if lies else 'stays where it is'}")
    raise typer.Exit(0 if lies else 1)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
