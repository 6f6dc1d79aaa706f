"""Detections of one camera without depth: accurate in direction, less so in distance."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.perception.encoding_rgb import EncodedRgb
from sayso.perception.votes import (
    KIND,
    OUTPUTS,
    SPREAD,
    TURN,
    UNIT,
    VOTE,
    Detection,
    Votes,
    gather_rows,
    object_weights,
    turned,
)

HEIGHT_SPREAD = slice(OUTPUTS, OUTPUTS + 1)
TABLE = OUTPUTS + 1
OUTPUTS_RGB = OUTPUTS + 2
# Votes disagree most along the line of sight, so that axis is compressed before the votes are grouped.
PRESSED = 0.5
# Lower bounds (m) for predicted deviations across and along the line of sight.
LEAST_ASIDE, LEAST_ALONG = 0.002, 0.004


@dataclass(frozen=True, slots=True)
class MonocularDetection:
    """A ``detection`` with the covariance (3, 3) m² of its position, elongated along the line of sight."""

    detection: Detection
    covariance: Array


def read_sightings(raw: NDArray[np.float32], seen: EncodedRgb, table: float = 0.0) -> tuple[MonocularDetection, ...]:
    """The objects in the network's output ``raw`` (`OUTPUTS_RGB`, h, w) for one frame ``seen``, in the base frame.

    A vote gives the direction to the object's center relative to the pixel's ray, left and up (tangents, in `UNIT`),
    and the center's height above the ``table`` (in `UNIT`); the center is where that direction reaches that height.
    """
    found = raw[KIND].max(0) > raw[0]
    rows = raw[:, found].T
    toward = (
        seen.rays[found]
        + UNIT * rows[:, VOTE.start, None] * seen.lefts[found]
        + UNIT * rows[:, VOTE.start + 1, None] * seen.ups[found]
    )
    # Every object is below the camera.
    steep = np.minimum(toward[:, 2], -0.05)
    heights = rows[:, VOTE.start + 2] * UNIT
    reach = np.maximum((heights + table - seen.eye[2]) / steep, 0.05)
    centers = seen.eye + toward * reach[:, None]
    axis = seen.rays[seen.rays.shape[0] // 2, seen.rays.shape[1] // 2].astype(np.float64)
    pressed = centers - (1 - PRESSED) * (centers @ axis)[:, None] * axis
    objectness, weights = object_weights(rows)
    rows[:, TURN] = turned(rows[:, TURN], seen.heading[found])
    votes = Votes(pressed.astype(np.float32), weights, rows, objectness, np.argmax(rows[:, KIND], 1))
    return tuple(
        _sighting(detection, rows[own], toward[own], heights[own], weights[own], objectness[own], seen.eye, table)
        for detection, own in gather_rows(votes)
    )


def _sighting(
    detection: Detection,
    rows: NDArray,
    toward: NDArray,
    heights: NDArray,
    weights: NDArray,
    objectness: NDArray,
    eye: Array,
    table: float,
) -> MonocularDetection:
    aside, up = (UNIT * np.exp(np.clip(rows[:, s.start], -6, 3)) for s in (SPREAD, HEIGHT_SPREAD))
    share = weights / weights.sum()
    sure = objectness / up
    sure = sure / sure.sum()
    direction = share @ toward
    direction /= np.linalg.norm(direction)
    reach = float((sure @ heights + table - eye[2]) / min(direction[2], -0.05))
    # Errors across the ray average out over pixels; the height error is common to all pixels.
    effective = min(1 / float((share**2).sum()), 8.0)
    sigma = max(reach * float(share @ aside) / effective**0.5, LEAST_ASIDE)
    along = max(float(sure @ up) / abs(float(direction[2])), LEAST_ALONG)
    covariance = sigma**2 * np.eye(3) + (along**2 - sigma**2) * np.outer(direction, direction)
    position = eye + reach * direction
    deviation = float(np.trace(covariance)) ** 0.5
    return MonocularDetection(dataclasses.replace(detection, position=position, deviation=deviation), covariance)


def inferred_depth(raw: NDArray[np.float32], seen: EncodedRgb, axis: Array, table: float = 0.0) -> NDArray[np.float32]:
    """Depth (h, w) m along the optical ``axis`` implied by the network's output: the table's where it sees table, the
    object's center's where it sees an object, NaN elsewhere.
    """
    toward = seen.rays + UNIT * (raw[VOTE.start, ..., None] * seen.lefts + raw[VOTE.start + 1, ..., None] * seen.ups)
    height = raw[VOTE.start + 2] * UNIT + table - seen.eye[2]
    middle = height / np.minimum(toward[..., 2], -0.05) * (toward @ axis)
    an_object = raw[KIND].max(0) > raw[0]
    return np.where(an_object, middle, np.where(raw[TABLE] > 0, seen.depth, np.nan)).astype(np.float32)
