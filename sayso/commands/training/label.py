"""``sayso label``: subtasks and motions for any LeRobot dataset, by rule."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.commands.terminal.options import Json, a_path, print_json, setting_up
from sayso.errors import UserError

if TYPE_CHECKING:
    from sayso.recordings.label import Labels, Reading


class UnitsNamed(StrEnum):
    """Units of joint positions."""

    RAD = "rad"
    DEG = "deg"
    OLD_DEG = "old-deg"
    RANGE = "range"


def label(
    dataset: Annotated[
        Path, typer.Argument(parser=a_path, metavar="DATASET", help="Folder of a LeRobotDataset, v2.0 to v3.1.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(parser=a_path, metavar="DIR", help="The labeled copy.", show_default="DATASET-labeled"),
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Write the labels into the dataset itself, v3.0 or v3.1.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Print every label, and write a page with pictures to check them.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write no dataset; with --show, look first.")] = False,
    robot: Annotated[
        str | None,
        typer.Option(help="The arm: a name, or a folder with arm.json.", show_default="the dataset's robot_type"),
    ] = None,
    units: Annotated[
        UnitsNamed | None,
        typer.Option(
            help="Joint positions: radians, degrees, LeRobot's degrees before June 2025, or -100 to 100.",
            show_default="by the numbers",
        ),
    ] = None,
    state: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column of measured joints.", show_default="observation.state")
    ] = None,
    gripper_shut_high: Annotated[
        bool, typer.Option("--gripper-shut-high", help="The gripper's largest number means shut.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Replace subtasks and motions that are there.")] = False,
    json: Json = False,
) -> None:
    """Label a LeRobot dataset with subtasks and language motions, by rule; the dataset itself does not change.

    Motions are the hand's, from the joints by the arm's geometry. A grasp and a release end a subtask; the task's own
    text names the thing. The labeled copy is a LeRobotDataset v3.0 with the columns language_persistent and
    language_events.

    Example: sayso label recordings/so101-bin --show
    """
    from sayso.recordings.copying import foreign_styles
    from sayso.recordings.label import label_dataset, open_dataset
    from sayso.recordings.units import Units
    from sayso.skills.dataset import DatasetError

    if in_place and out is not None:
        raise UserError("--out and --in-place exclude each other")
    target = dataset if in_place else out or dataset.absolute().with_name(f"{dataset.absolute().name}-labeled")
    if not (dry_run or in_place) and target.exists():
        raise UserError(f"{target} exists; move it away, or name another place with --out")
    with setting_up():
        reading = open_dataset(
            dataset, robot=robot, units=None if units is None else Units(units.value), state=state,
            closed_high=gripper_shut_high,
        )  # fmt: skip
        try:
            if foreign := foreign_styles(dataset):
                raise UserError(f"{dataset} has language of the style {', '.join(foreign)}, which would be lost")
        except DatasetError as error:
            raise UserError(str(error)) from error
        labels = label_dataset(reading, again)
    facts = _facts(reading, labels)
    if not dry_run:
        _write(reading, labels, target, in_place)
    page = _show(reading, labels, target, facts, quiet=json) if show else None
    if json:
        print_json(_report(reading, labels, None if dry_run else target, page))
        return
    for fact in facts:
        print(fact)
    if page is not None:
        print(f"page to check by: {page}")
    print("nothing was written (--dry-run)" if dry_run else f"labeled: {target}")


def _write(reading: Reading, labels: list[Labels], target: Path, in_place: bool) -> None:
    from sayso.recordings.copying import copy_dataset, label_in_place
    from sayso.recordings.label import with_labels
    from sayso.skills.episodes import Episode

    def words(number: int, episode: Episode) -> Episode:
        return with_labels(episode, labels[number])

    converter = reading.converter
    written = None if converter is None else converter.written
    units = {} if written is None else {reading.state: written}
    if in_place:
        label_in_place(reading.root, words, units)
    else:
        copy_dataset(reading.root, target, words, units)


def _show(reading: Reading, labels: list[Labels], target: Path, facts: list[str], quiet: bool) -> Path:
    from sayso.recordings.page import write_labels_page

    path = target.absolute().with_name(f"{target.absolute().name}.html")
    write_labels_page(path, reading, labels, facts)
    for labeled in () if quiet else labels:
        print(f"episode {labeled.number}  “{labeled.task}”, {labeled.seconds:.1f} s")
        rows = [(t, 0, text) for t, text in labeled.subtasks] + [(t, 1, text) for t, text in labeled.motions]
        for t, is_motion, text in sorted(rows):
            print(f"  {t:6.1f} s  {'    ' if is_motion else ''}{text}")
    return path


def _facts(reading: Reading, labels: list[Labels]) -> list[str]:
    from sayso.recordings.units import MEANING

    grasps = sum(grip.kind == "grasp" for one in labels for grip in one.grips)
    without = sum(not one.grips for one in labels)
    subtasks, motions = (sum(len(getattr(one, name)) for one in labels) for name in ("subtasks", "motions"))
    facts = [f"episodes: {len(labels)}, subtasks: {subtasks}, motions: {motions}, grasps: {grasps}"]
    if without:
        facts.append(f"episodes without a grasp, with the task as their only subtask: {without}")
    if (converter := reading.converter) is not None:
        facts.append(f"{converter.spec.name}, joints in {MEANING[converter.units]} ({converter.why})")
    return [*facts, *reading.notes]


def _report(reading: Reading, labels: list[Labels], target: Path | None, page: Path | None) -> dict[str, Any]:
    converter = reading.converter
    return {
        "dataset": str(reading.root),
        "labeled": None if target is None else str(target),
        "page": None if page is None else str(page),
        "robot": reading.info.robot_type,
        "arm": None if converter is None else converter.spec.name,
        "units": None if converter is None else str(converter.units),
        "units_known": None if converter is None else converter.why,
        "notes": list(reading.notes),
        "episodes": [
            {
                "episode": one.number,
                "task": one.task,
                "seconds": round(one.seconds, 3),
                "subtasks": [{"t": round(t, 3), "text": text} for t, text in one.subtasks],
                "motions": [{"t": round(t, 3), "text": text} for t, text in one.motions],
                "grips": [{"kind": g.kind, "frame": g.end, "opening": round(g.opening, 3)} for g in one.grips],
            }
            for one in labels
        ],
    }
