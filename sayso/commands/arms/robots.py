"""``sayso robots``: list, save and remove real robots by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.commands.terminal.options import Json, a_path, print_json, setting_up
from sayso.errors import UserError


def robots(
    name: Annotated[str | None, typer.Argument(help="Name of a saved or new robot.")] = None,
    driver: Annotated[str | None, typer.Option(help="The robot's driver; default: NAME.")] = None,
    port: Annotated[str | None, typer.Option(help="Its serial port, CAN interface or address.")] = None,
    camera: Annotated[
        list[str] | None, typer.Option(metavar="[NAME=]ADDRESS", help="Its cameras: numbers, files or URLs.")
    ] = None,
    calibration: Annotated[
        Path | None, typer.Option(parser=a_path, metavar="FILE", help="LeRobot's calibration of a servo arm.")
    ] = None,
    option: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="An option of the driver.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove NAME; its calibrations stay.")] = False,
    json: Json = False,
) -> None:
    """List the saved robots; with options, save NAME, or change it: settings without an option stay.

    --robot NAME of the other commands then stands for all these settings.

    Example: sayso robots so101 --port /dev/ttyACM0 --camera left=0 --camera right=2
    """
    from sayso.backends.resolve_robot import resolve_robot
    from sayso.backends.robot_config import RobotConfig, check_free, forget, known_robots, none_kept, robot_path
    from sayso.backends.simulated_arms import simulated_robots
    from sayso.hardware.cameras.open import name_and_address
    from sayso.hardware.drivers.open import driver_names
    from sayso.hardware.user_folders import expanded

    if name is not None and not name.strip():
        raise UserError("the name is empty; give a robot's name")
    given = {"robot": driver, "port": port, "cameras": camera and tuple(camera), "options": _options(option)}
    with setting_up():
        given["calibration"] = None if calibration is None else str(expanded(calibration).absolute())
    change = {key: value for key, value in given.items() if value is not None}
    if remove:
        if name is None or change:
            raise UserError("--remove takes a name and nothing else: sayso robots NAME --remove")
        forget(name)
        print_json([]) if json else print(f"removed '{name}'")
        return
    if change:
        if name is None:
            raise UserError("a name for the robot is missing: sayso robots NAME …")
        before = RobotConfig.load(name)
        if before is None or before.emulated:
            before = RobotConfig(robot=driver or name)
        kept = before.model_copy(update=change)
        check_free(name, kept.robot)
        with setting_up():
            for each in kept.cameras:
                name_and_address(each)
            # Refuses an unknown driver or option, and an impossible arm.
            resolve_robot(kept.robot, kept.port or None, kept.cameras, "mock", options=kept.options)
        kept.save(name)
    names = known_robots() if name is None else [name]
    rows: list[dict[str, Any]] = []
    for each in names:
        found = RobotConfig.load(each)
        if found is None:
            raise none_kept(each)
        rows.append({"name": each, "file": str(robot_path(each))} | found.shown().model_dump())
    if json:
        print_json(rows)
        return
    for row in rows:
        said = [row["robot"], row["port"] or "no port", *(row["cameras"] or ("no camera",))]
        print(f"{row['name']:16} {', '.join(said)}{' (emulated)' if row['emulated'] else ''}")
        print(f"{'':16} {row['file']}")
    if not rows:
        print("no saved robots; save one with, for example: sayso robots so101 --port /dev/ttyACM0 --camera left=0")
        print(f"drivers: {', '.join(driver_names())}; simulated: {', '.join(simulated_robots())}")


def _options(texts: list[str] | None) -> dict[str, str] | None:
    if texts is None:
        return None
    out: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.isidentifier():
            raise UserError(f"--option is KEY=VALUE, for example at_end=hold; got '{text[:60]}'")
        if key in out:
            raise UserError(f"--option {key} is given twice: {out[key]}, {value}")
        out[key] = value
    return out
