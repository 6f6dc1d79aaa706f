"""``sayso calibrate``: lenses, places of cameras, servo arms; each writes a file and a folder of pictures."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.command_app import PLAIN
from sayso.commands.arms.calibration_output import (
    ARM,
    LENS,
    PLACE,
    check_calibration,
    finish,
    live_page,
    prepare,
    progress,
    setting_up,
    tell,
)
from sayso.commands.arms.place import place
from sayso.commands.terminal.options import a_path, a_size
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.hardware.cameras.calibration import CameraCalibration

calibrate = typer.Typer(
    help="Calibrate a camera's lens (camera), its place (place without a board, hand-eye with one), or a servo arm "
    "(arm); board draws the board."
    "\n\nExample: sayso calibrate camera left=0",
    no_args_is_help=True,
    **PLAIN,
)

Address = Annotated[str, typer.Argument(metavar="[NAME=]ADDRESS", help="A number, a device, a film or a URL.")]
SquareMm = Annotated[float, typer.Option(min=5, max=200, help="Measured size of the printed board's squares, mm.")]
Report = Annotated[Path | None, typer.Option("--out", parser=a_path, metavar="DIR", help="Folder of the report.")]
Folder = Annotated[
    Path | None,
    typer.Option("--calibrations", parser=a_path, metavar="DIR", help="Folder of calibrations, if not the usual one."),
]


@calibrate.command("board")
def board(
    file: Annotated[Path, typer.Argument(parser=a_path, metavar="FILE.png", help="File of the picture.")] = Path(
        "board.png"
    ),
) -> None:
    """Draw the board for the other commands: print it on A4 without scaling, glue it on something flat, measure it.

    Example: sayso calibrate board board.png
    """
    import cv2

    from sayso.files import write_atomic
    from sayso.outputs import check_ours
    from sayso.perception.calibration.board import Board

    if file.suffix.lower() != ".png":
        raise UserError(f"the board is a PNG picture; {file} does not end in .png")
    picture = Board().picture()
    edge = 100  # white pixels: the markers at the edge need a margin
    drawn = cv2.copyMakeBorder(picture, *(edge,) * 4, cv2.BORDER_CONSTANT, value=255)
    content = cv2.imencode(".png", drawn)[1].tobytes()
    check_ours([file], lambda: file.is_file() and file.read_bytes() == content, "the board")
    write_atomic(file, content)
    print(f"{file}: the squares are 35 mm at 300 dots per inch")


@calibrate.command("camera")
def camera(
    address: Address,
    square_mm: SquareMm = 35.0,
    size: Annotated[
        str | None,
        typer.Option(metavar="WxH", help="Picture size to request from the camera.", show_default="640x480"),
    ] = None,
    views: Annotated[
        int | None, typer.Option(min=8, max=200, help="Number of views of the board.", show_default="20")
    ] = None,
    images: Annotated[
        Path | None, typer.Option(parser=a_path, metavar="DIR", help="Folder of earlier pictures of the board.")
    ] = None,
    out: Report = None,
    calibrations: Folder = None,
) -> None:
    """Find a camera's focal length and distortion. Hold the board still in many places: near, at all edges, tilted.

    Example: sayso calibrate camera left=0 --square-mm 34.6
    """
    from sayso.calibrate.capture import pictures_from, pictures_in
    from sayso.calibrate.lens import calibrate_lens, gather
    from sayso.hardware.cameras.calibration import write_camera
    from sayso.hardware.cameras.open import camera_file, name_and_address
    from sayso.hardware.cameras.opencv import device_of
    from sayso.hardware.cameras.source import open_source
    from sayso.perception.calibration.board import Board

    with setting_up(), ExitStack() as held:
        name, where = name_and_address(address)
        if images is not None and (size or views):
            raise UserError(
                f"--{'size' if size else 'views'} is for a camera; --images uses all pictures in {images}; leave it out"
            )
        width, height = a_size(size or "640x480")
        report, file = prepare(held, out, f"camera-{name}", LENS), camera_file(name, calibrations)
        check_calibration(file)
        the_board = Board(square_mm / 1000)
        if images is not None:
            found, last = gather(pictures_in(images), the_board, 10**6, tell, still=False)
        else:
            source = open_source(where, width, height)
            try:
                page = held.enter_context(live_page(f"The lens of {name}"))
                found, last = gather(pictures_from(source), the_board, views or 20, tell, page=page)
            finally:
                source.close()
        calibration, problems = calibrate_lens(name, device_of(where), found, last, report)
    finish(lambda: write_camera(file, calibration), problems, report, file, f"{calibration.lens.rms_px:.2f} px")


@calibrate.command("hand-eye")
def hand_eye(
    address: Address,
    robot: Annotated[str, typer.Option(help="The arm that holds the board; Sayso only reads it.")],
    port: Annotated[str | None, typer.Option(help="The arm's port, if not the saved one.")] = None,
    square_mm: SquareMm = 35.0,
    poses: Annotated[int, typer.Option(min=8, max=200, help="Number of poses of the arm.")] = 15,
    out: Report = None,
    calibrations: Folder = None,
) -> None:
    """Find the place of a fixed camera from a board in the arm's gripper. Move the arm by hand, turn the gripper a lot,
    and hold still for a moment at each pose; the camera has to see the board, and the board must not slip.

    Example: sayso calibrate hand-eye left=0 --robot so101 --port /dev/ttyACM0
    """
    from sayso.backends.resolve_robot import resolve_robot
    from sayso.backends.simulated_arms import is_simulated
    from sayso.calibrate.place import calibrate_place, gather
    from sayso.hardware.bounded_robot import BoundedRobot
    from sayso.hardware.cameras.calibration import read_camera, write_camera
    from sayso.hardware.cameras.open import camera_file, name_and_address
    from sayso.hardware.cameras.source import open_source
    from sayso.hardware.drivers.open import open_driver
    from sayso.perception.calibration.board import Board

    with setting_up(), ExitStack() as held:
        if is_simulated(robot):
            raise UserError(f"{robot} is simulated; its cameras need no calibration")
        name, where = name_and_address(address)
        report, file = prepare(held, out, f"hand-eye-{name}", PLACE), camera_file(name, calibrations)
        before: CameraCalibration = read_camera(file)
        arm = resolve_robot(robot, port, (), "read-only")
        the_board = Board(square_mm / 1000)
        with BoundedRobot(open_driver(arm.driver, arm.connection), lambda: False) as listened:
            source = open_source(where, before.width, before.height)
            try:
                page = held.enter_context(live_page(f"Where is {name}?"))
                seen = gather(source, listened, the_board, before, poses, tell, page)
            finally:
                source.close()
        calibration, problems = calibrate_place(before, seen, the_board, report)
    assert calibration.place is not None
    x, y, z = calibration.place.position
    finish(lambda: write_camera(file, calibration), problems, report, file, f"at {x:.3f} {y:.3f} {z:.3f} m")


calibrate.command("place")(place)


@calibrate.command("arm")
def arm(
    robot: Annotated[str, typer.Argument(help="so101, so100 or koch")],
    port: Annotated[str | None, typer.Option(help="The arm's serial port, if there are several.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            parser=a_path,
            metavar="FILE",
            help="File of the calibration; default ROBOT.json in the usual folder.",
        ),
    ] = None,
    out: Report = None,
) -> None:
    """Measure the ranges of a servo arm's joints; store them in the servos and in a file of LeRobot's format.

    The arm is limp; you move it by hand.

    Example: sayso calibrate arm so101 --port /dev/ttyACM0
    """
    if robot.partition(":")[0] == "sim":
        raise UserError(f"{robot} is simulated and needs no calibration; real ones of so101, so100 and koch do")
    from sayso.calibrate.prompt import Keyboard
    from sayso.hardware.cameras.open import calibration_folder
    from sayso.hardware.clock import MonotonicClock
    from sayso.hardware.drivers.ports import find_port

    with setting_up(), ExitStack() as held:
        report = prepare(held, out, f"arm-{robot}", ARM)
        file = file or calibration_folder() / f"{robot}.json"
        where = port or find_port(robot)
        from sayso.calibrate.servos import calibrate_servos  # imports the arm's own library

        calibrate_servos(robot, where, file, report, Keyboard(), MonotonicClock(), progress)
    print(f"\ncalibration in {file}, and in the servos; report in {report}")
