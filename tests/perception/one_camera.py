"""Cameras without depth that look at the table from both sides, and a network's output made by hand."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Array, Frame, Pose
from sayso.perception.encoding import FOCAL, HEIGHT, WIDTH
from sayso.perception.encoding_rgb import EncodedRgb
from sayso.perception.monocular import HEIGHT_SPREAD, OUTPUTS_RGB, TABLE
from sayso.perception.scene import COLORS, KINDS
from sayso.perception.votes import COLOR, KIND, SIZE, SPREAD, TURN, UNIT, VOTE

K = np.array([[FOCAL, 0, WIDTH / 2 - 0.5], [0, FOCAL, HEIGHT / 2 - 0.5], [0, 0, 1.0]])
BLANK = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)


def looking(eye: Array, target: Array) -> Pose:
    ahead = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(ahead, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    return Pose(eye, np.stack([right, np.cross(ahead, right), ahead], 1))


LEFT = looking(np.array([1.05, 0.62, 0.72]), np.array([0.46, 0.0, 0.0]))
RIGHT = looking(np.array([1.05, -0.62, 0.72]), np.array([0.46, 0.0, 0.0]))


def frame(pose: Pose = LEFT, rgb: np.ndarray = BLANK) -> Frame:
    return Frame(0.0, "c", rgb, None, K, pose)


def votes(
    seen: EncodedRgb, place: Array, guess: float, color: str = "red", kind: str = "block", yaw: float = 0.2
) -> np.ndarray:
    """A network's output that knows where ``place`` (3,) is seen and thinks that it is ``guess`` m high."""
    raw = np.zeros((OUTPUTS_RGB, *seen.depth.shape), np.float32)
    raw[0], raw[TABLE] = 5.0, 5.0
    step = place - seen.eye
    unit = step / np.linalg.norm(step)
    own = np.arccos(np.clip(seen.rays @ unit, -1, 1)) < 0.02
    ahead = seen.rays[own] @ step
    raw[0][own], raw[TABLE][own] = 0.0, -5.0
    raw[KIND.start + KINDS.index(kind)][own] = 6.0
    raw[VOTE.start][own] = seen.lefts[own] @ step / ahead / UNIT
    raw[VOTE.start + 1][own] = seen.ups[own] @ step / ahead / UNIT
    raw[VOTE.start + 2][own] = guess / UNIT
    raw[SPREAD.start][own], raw[HEIGHT_SPREAD.start][own] = np.log(0.003 / UNIT), np.log(0.03 / UNIT)
    raw[SIZE][:, own] = 0.04 / UNIT
    turn = 4 * (yaw - np.arctan2(seen.heading[own][:, 1], seen.heading[own][:, 0]))
    raw[TURN.start][own], raw[TURN.start + 1][own] = np.sin(turn), np.cos(turn)
    raw[COLOR.start + COLORS.index(color)][own] = 6.0
    return raw
