"""What can be exported: a run's folder, or a LeRobotDataset."""

from __future__ import annotations

from pathlib import Path

from sayso.errors import UserError
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Pose
from sayso.recordings.label import Reading, open_dataset, track_of
from sayso.skills.dataset.layout import INFO_PATH
from sayso.skills.episodes import Episode

RUN_RECORDING = "episode"


def dataset_in(folder: Path) -> Path:
    """The dataset of a run's ``folder``, or ``folder`` itself if it is one. Raises `UserError`."""
    for place in (folder, folder / RUN_RECORDING):
        if (place / INFO_PATH).exists():
            return place
    raise UserError(f"{folder} is neither a run's folder nor a LeRobotDataset: it has no {INFO_PATH}")


def hand_reading(root: Path) -> Reading | None:
    """How to find the hand's poses in a dataset; None if its arm or units are unknown."""
    try:
        reading = open_dataset(root)
    except (UserError, RobotError):
        return None
    return reading if reading.converter is not None else None


def hand_poses(reading: Reading | None, episode: Episode) -> list[Pose]:
    """The hand's pose at each sample; empty without a known arm."""
    return [] if reading is None else list(track_of(reading, episode).tools)
