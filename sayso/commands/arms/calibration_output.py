"""What the commands of ``sayso calibrate`` share: errors of set-up, the report's folder, saving."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.calibrate.live_page import LivePage


@contextmanager
def setting_up() -> Iterator[None]:
    """Convert the errors of set-up to `UserError`."""
    from sayso.hardware.robot import RobotError
    from sayso.perception.calibration.lens import CalibrationError

    try:
        yield
    except (RobotError, CalibrationError) as error:
        raise UserError(str(error)) from error


# The pictures of the reports, beside report.json.
LENS = ("corners.png", "views.png", "straight.png")
PLACE = ("agreement.png", "pixels.png", "millimetres.png")
ARM = ("joints.png",)
TOUCH = ("agreement.png", "millimetres.png")


def prepare(held: ExitStack, out: Path | None, name: str, pictures: tuple[str, ...]) -> Path:
    """The report's folder, for this command alone while ``held`` is open.

    Raises `UserError` if the folder holds files with the report's names that no calibration wrote.
    """
    from sayso.outputs import alone_in, check_ours, json_in

    def ours() -> bool:
        found = json_in(report / "report.json")
        joints = isinstance(found, list) and all(isinstance(j, dict) and "moved_deg" in j for j in found)
        return joints or (isinstance(found, dict) and ("rms_px" in found or "board_in_tool" in found))

    report = out or Path("calibration") / name
    held.enter_context(alone_in(report))
    check_ours([report / file for file in ("report.json", *pictures)], ours, "the report of a calibration")
    return report


@contextmanager
def live_page(title: str, marks: bool = False) -> Iterator[LivePage]:
    """The page with the live picture, its address printed."""
    from sayso.calibrate.live_page import LivePage

    page = LivePage(title, marks)
    try:
        tell(f"open {page.url} in a browser on this computer")
        yield page
    finally:
        page.close()


def check_calibration(file: Path) -> None:
    """Raise `UserError` if ``file`` exists and is no camera's calibration."""
    from sayso.hardware.cameras.calibration import read_camera
    from sayso.hardware.robot import RobotError
    from sayso.outputs import ELSEWHERE

    if file.exists() or file.is_symlink():
        try:
            read_camera(file)
        except RobotError as error:
            raise UserError(f"{error}; or {ELSEWHERE}") from error


def finish(save: Callable[[], None], problems: list[str], report: Path, file: Path, what: str) -> None:
    """Save the calibration if there are no ``problems``; else leave the file unchanged and exit with code 1."""
    if problems:
        for problem in problems:
            print(problem)
        print(f"not saved; the pictures in {report} show the remaining errors")
        raise typer.Exit(1)
    with setting_up():
        save()
    print(f"{what}; calibration in {file}, report in {report}")


def tell(text: str) -> None:
    print(text, flush=True)


def progress(text: str) -> None:
    print(f"\r{text[:150]}", end="", flush=True)
