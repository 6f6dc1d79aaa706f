"""A page to check labels by eye: each episode's pictures, subtasks, motions, opening and height on one time line."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.types import Array
from sayso.recordings.label import Labels, Reading
from sayso.report.html import Html, page, table, tag
from sayso.report.theme import DIRECTIONS, direction_of, motion_of
from sayso.skills.dataset import DatasetError, read_episodes
from sayso.skills.episodes import Texts

MOST_EPISODES = 40
"""Episodes on a page; a longer one would not be looked at."""
PICTURES, PICTURE_HEIGHT = 8, 96
WIDTH, STRIP, CURVE, GAP = 1000.0, 26.0, 48.0, 8.0
SUBTASK_COLORS = ("#3e7ed6", "#1a9e96", "#9268d4", "#b86e08", "#c8508c")


def write_labels_page(path: Path, reading: Reading, labels: Sequence[Labels], facts: Sequence[str]) -> Path:
    """Write the page of the first `MOST_EPISODES` of ``labels``, with ``facts`` on top. Raises `UserError`."""
    shown = labels[:MOST_EPISODES]
    parts = [tag("h1", f"Labels of {reading.root.name}"), *(tag("p", fact, class_="facts") for fact in facts)]
    if len(shown) < len(labels):
        parts.append(tag("p", f"The first {len(shown)} of {len(labels)} episodes.", class_="facts"))
    pictures = _pictures(reading, shown)
    for labeled in shown:
        parts.append(tag("h2", f"Episode {labeled.number}: “{labeled.task}”, {labeled.seconds:.1f} s"))
        if found := pictures.get(labeled.number):
            style = "display:flex;gap:2px;max-width:1000px"
            parts.append(tag("div", [_picture(one, len(found)) for one in found], style=style))
        parts.append(_time_line(labeled))
        rows = [(f"{t:.1f}", subtask) for t, subtask in labeled.subtasks]
        parts.append(table(("s", "subtask"), rows, numbers=(0,)))
        moved = table(("s", "motion"), [(f"{t:.1f}", motion) for t, motion in labeled.motions], numbers=(0,))
        parts.append(tag("details", [tag("summary", f"{len(labeled.motions)} motions"), moved]))
    return write_atomic(path, page(f"Labels of {reading.root.name}", parts))


def _time_line(labeled: Labels) -> Html:
    """Subtasks, motions, the gripper's opening and the hand's height, one above the other."""
    scale, track = WIDTH / max(labeled.seconds, 1e-6), labeled.track
    parts = [*_strip(labeled.subtasks, labeled.seconds, scale, 0.0, subtasks=True)]
    parts += _strip(labeled.motions, labeled.seconds, scale, STRIP + GAP, subtasks=False)
    top = 2 * (STRIP + GAP)
    curves = [("opening", track.opening)]
    if len(track.tools):
        curves.append(("height", np.array([tool.position[2] for tool in track.tools])))
    for name, values in curves:
        if values is None:
            continue
        parts.append(_curve(values, top))
        said = f"{name} {values.min():.2f} to {values.max():.2f}" + (" m" if name == "height" else "")
        parts.append(tag("text", said, x="2", y=f"{top + 11:.0f}", class_="name"))
        top += CURVE + GAP
    for grip in labeled.grips:
        x = f"{grip.end / len(track.joints) * WIDTH:.1f}"
        color = "#1f7a4c" if grip.kind == "grasp" else "#c83c34"
        line = {"x1": x, "x2": x, "y1": "0", "y2": f"{top:.0f}", "stroke": color, "stroke-dasharray": "3 3"}
        parts.append(tag("line", tag("title", grip.kind), **line))
    style = tag("style", "text{font:11px system-ui,sans-serif;fill:#fff}.name{fill:#6e7682}")
    return tag("svg", [style, *parts], viewBox=f"0 0 {WIDTH:.0f} {top:.0f}", width="100%", style="max-width:1000px")


def _strip(texts: Texts, seconds: float, scale: float, top: float, *, subtasks: bool) -> list[Html]:
    out = []
    for k, ((begin, said), (end, _)) in enumerate(pairwise([*texts, (seconds, "")])):
        color = SUBTASK_COLORS[k % len(SUBTASK_COLORS)]
        if not subtasks:
            color = "#{:02x}{:02x}{:02x}".format(*DIRECTIONS[direction_of(motion_of(said))])
        width = max((end - begin) * scale, 0.5)
        box = {"x": f"{begin * scale:.1f}", "y": f"{top:.0f}", "width": f"{width:.1f}", "height": f"{STRIP:.0f}"}
        out.append(tag("rect", tag("title", f"{begin:.1f} s: {said}"), fill=color, **box))
        if (letters := int(width / 6.2)) > 3 and subtasks:
            short = said if len(said) <= letters else said[: letters - 1] + "…"
            out.append(tag("text", short, x=f"{begin * scale + 4:.1f}", y=f"{top + 17:.0f}"))
    return out


def _curve(values: Array, top: float) -> Html:
    low, span = float(values.min()), max(float(np.ptp(values)), 1e-6)
    picked = np.linspace(0, len(values) - 1, min(len(values), 400)).astype(int)
    x = picked / max(len(values) - 1, 1) * WIDTH
    y = top + CURVE * (1.0 - (values[picked] - low) / span)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return tag("polyline", "", points=points, fill="none", stroke="#3e7ed6", **{"stroke-width": "1.5"})


def _pictures(reading: Reading, labels: Sequence[Labels]) -> dict[int, list[NDArray[np.uint8]]]:
    """Pictures of each episode's first camera at even times; none without a camera."""
    if not labels or not (reading.info.videos or reading.info.images):
        return {}
    found: dict[int, list[NDArray[np.uint8]]] = {}
    try:
        for number, episode in enumerate(read_episodes(reading.root, columns=[])):
            if number > labels[-1].number:
                break
            frames = next(iter(episode.videos.values()))
            at = np.linspace(0, len(episode) - 1, min(PICTURES, len(episode))).round().astype(int)
            found[number] = list(frames[at])
    except DatasetError as error:
        raise UserError(str(error)) from error
    return found


def _picture(rgb: NDArray[np.uint8], count: int) -> Html:
    width = max(round(rgb.shape[1] * PICTURE_HEIGHT / rgb.shape[0]), 1)
    small = cv2.resize(rgb, (width, PICTURE_HEIGHT), interpolation=cv2.INTER_AREA)
    content = cv2.imencode(".jpg", small[..., ::-1])[1].tobytes()
    return tag(
        "img", "", src="data:image/jpeg;base64," + b64encode(content).decode(), alt="",
        style=f"width:{100 / count:.2f}%;border-radius:2px",
    )  # fmt: skip
