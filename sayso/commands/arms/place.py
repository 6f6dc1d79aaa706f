"""``sayso calibrate place``: a fixed camera's place without a board, by touches of the fingertip on the table."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.commands.arms.calibration_output import TOUCH, finish, live_page, prepare, setting_up, tell
from sayso.commands.terminal.options import a_path
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.calibrate.live_page import LivePage


def place(
    address: Annotated[str, typer.Argument(metavar="[NAME=]ADDRESS", help="A number, a device, a film or a URL.")],
    robot: Annotated[str, typer.Option(help="The arm that touches the table; Sayso only reads it.")],
    port: Annotated[str | None, typer.Option(help="The arm's port, if not the saved one.")] = None,
    touches: Annotated[int, typer.Option(min=4, max=40, help="Number of touches.")] = 12,
    more: Annotated[
        bool, typer.Option("--more", help="Go on with the touches of the last call; the camera must not have moved.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", parser=a_path, metavar="DIR", help="Folder of the report.")
    ] = None,
    calibrations: Annotated[
        Path | None,
        typer.Option(
            "--calibrations", parser=a_path, metavar="DIR", help="Folder of calibrations, if not the usual one."
        ),
    ] = None,
) -> None:
    """Find the place of a fixed camera without a board: touch the table with the fingertip, click on it in the picture.

    A page on this computer shows the live picture and takes the clicks. A line "U V" in the terminal is a click too,
    "undo" takes the last one back, "done" ends. Without a calibrated lens the focal length is found as well.

    Example: sayso calibrate place left=0 --robot so101 --port /dev/ttyACM0
    """
    from sayso.backends.resolve_robot import resolve_robot
    from sayso.backends.simulated_arms import is_simulated
    from sayso.calibrate.touches import Touches, calibrate_place, gather
    from sayso.hardware.bounded_robot import BoundedRobot
    from sayso.hardware.cameras.calibration import read_camera, write_camera
    from sayso.hardware.cameras.open import camera_file, name_and_address
    from sayso.hardware.cameras.opencv import device_of
    from sayso.hardware.cameras.source import open_source
    from sayso.hardware.drivers.open import open_driver
    from sayso.hardware.robot import RobotError
    from sayso.outputs import check_ours
    from sayso.perception.calibration.points import summary

    with setting_up(), ExitStack() as held:
        if is_simulated(robot):
            raise UserError(f"{robot} is simulated; its cameras need no calibration")
        name, where = name_and_address(address)
        report, file = prepare(held, out, f"place-{name}", TOUCH), camera_file(name, calibrations)
        kept = report / "touches.json"
        begun = Touches.kept(kept)
        check_ours([kept], lambda: begun is not None, "the touches of a calibration")
        if more and begun is None:
            raise UserError(f"there are no touches in {report} to go on with; leave --more out")
        before = read_camera(file) if file.exists() or file.is_symlink() else None
        arm = resolve_robot(robot, port, (), "read-only")
        source = held.enter_context(
            closing(open_source(where, *(before.width, before.height) if before else (640, 480)))
        )
        height, width = source.read().rgb.shape[:2]
        size = (before.width, before.height) if before else (width, height)
        if before is None:
            tell(f"the lens of {name} is not calibrated: its focal length is found too, less exactly")
        with BoundedRobot(open_driver(arm.driver, arm.connection), lambda: False) as listened:
            page = held.enter_context(live_page(f"Where is {name}?", marks=True))
            threading.Thread(target=_typed, args=(page,), name="typed marks", daemon=True).start()
            lens = before.lens if before else None
            try:
                seen = gather(source, listened, page, size, lens, touches, tell, kept, begun if more else None)
            except (KeyboardInterrupt, RobotError):
                tell("the touches so far are kept; go on with --more if the camera stays where it is")
                raise
        calibration, problems, fit = calibrate_place(name, device_of(where), before, size, seen, arm.spec, report)
    for line in summary(fit):
        tell(line)
    x, y, z = fit.camera.position
    finish(lambda: write_camera(file, calibration), problems, report, file, f"at {x:.3f} {y:.3f} {z:.3f} m")


def _typed(page: LivePage) -> None:
    """Pass on what a person types."""
    for line in sys.stdin:
        if line.strip() and not page.typed(line):
            tell(f"cannot read '{line.strip()[:40]}'; U V in pixels, undo or done")
