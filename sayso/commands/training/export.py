"""``sayso export``: a run or a dataset for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sayso.commands.terminal.options import Json, a_path, print_json, setting_up
from sayso.errors import UserError


class To(StrEnum):
    """What to export to."""

    LEROBOT = "lerobot"
    MCAP = "mcap"
    RERUN = "rerun"


def export(
    folder: Annotated[
        Path, typer.Argument(parser=a_path, metavar="DIR", help="A run's folder, or a LeRobotDataset, v2.0 to v3.1.")
    ],
    to: Annotated[To, typer.Option("--format", help="LeRobotDataset v3.0, MCAP (Foxglove), or Rerun.")],
    out: Annotated[
        Path | None,
        typer.Option(parser=a_path, metavar="PATH", help="Where to write.", show_default="beside DIR"),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="lerobot only: without language columns, which LeRobot up to 0.4 rejects.")
    ] = False,
    json: Json = False,
) -> None:
    """Export a run or a dataset; the original does not change.

    lerobot copies numbers and videos as they are, converts v2.1, and reads the copy back. mcap and rerun write a file
    for each episode, with pictures, joints, the hand's pose, subtasks, motions and everything said.

    Example: sayso export runs/first --format mcap
    """
    from sayso.recordings.exporting import Format, export_files, export_lerobot
    from sayso.recordings.source import dataset_in

    kind = Format(to.value)
    if plain and kind is not Format.LEROBOT:
        raise UserError("--plain is for --format lerobot alone")
    root = dataset_in(folder)
    place = out or folder.absolute().with_name(f"{folder.absolute().name}-{kind}")
    if place.exists():
        raise UserError(f"{place} exists; move it away, or name another place with --out")
    with setting_up():
        if kind is Format.LEROBOT:
            episodes, made = export_lerobot(root, place, plain), [place]
        else:
            made = export_files(root, place, kind)
            episodes = len(made)
    if json:
        print_json({"from": str(root), "format": str(kind), "episodes": episodes, "files": [str(p) for p in made]})
        return
    for path in made:
        print(path)
    if kind is Format.LEROBOT:
        print(f"episodes: {episodes}, read back and equal to those of {root}")
