"""``sayso setup-motors``: the motors of a new servo arm get their ids."""

from __future__ import annotations

from typing import Annotated

import typer

from sayso.commands.terminal.options import setting_up
from sayso.errors import UserError


def setup_motors(
    robot: Annotated[str, typer.Argument(help="so101 or so100")],
    port: Annotated[str | None, typer.Option(help="The adapter's serial port, if there are several.")] = None,
    motor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Set up only this motor, such as a replacement: gripper, …")
    ] = None,
) -> None:
    """Give the motors of a new arm their ids, one after the other: plug one in, press Enter, label it.

    Ctrl-C ends; a motor that has its id keeps it, and the next call goes on with the others.

    Example: sayso setup-motors so101 --port /dev/ttyACM0
    """
    from sayso.calibrate.prompt import Keyboard
    from sayso.hardware.drivers.ports import find_port

    if robot.partition(":")[0] == "sim":
        raise UserError(f"{robot} is simulated and has no motors to set up; real ones of so101 and so100 have")
    with setting_up():
        where = port or find_port(robot)
        from sayso.calibrate.motors import set_up_motors  # imports the arm's own library

        try:
            set_up_motors(robot, where, Keyboard(), _tell, motor)
        except KeyboardInterrupt:
            _tell("what has its id keeps it; the same command goes on with the rest")
            raise


def _tell(text: str) -> None:
    print(text, flush=True)
