"""The timeline picture of a run: subtasks, motions, critic, corrections and re-planning over one axis of time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2

from sayso.files import write_atomic
from sayso.report.canvas import BOLD, Canvas, Point, shortened, text_width
from sayso.report.theme import (
    BAD,
    DIRECTIONS,
    FAINT_INK,
    GOOD,
    INK,
    LINE,
    NEUTRAL,
    OPERATOR,
    OUTCOMES,
    PAPER,
    SHADE,
    motion_of,
    verdict,
)
from sayso.report.trace import Trace
from sayso.result import Correction, Disturbance, Replan, RunResult
from sayso.skills.motion import Axis, GripperAction, LanguageMotion

FILE_NAME = "timeline.png"
WIDTH, HEIGHT = 1600, 700
LEFT, RIGHT, LANE_TOP, AXIS_Y = 168, 1572, 186, 652
FLAG_ROWS = (106, 130, 154)
# Rows of the motion lane, top to bottom: label, axes, names of the positive and negative direction.
ROWS: tuple[tuple[str, tuple[Axis, ...], str, str], ...] = (
    ("forward · back", (Axis.X,), "forward", "back"),
    ("left · right", (Axis.Y,), "left", "right"),
    ("up · down", (Axis.Z,), "up", "down"),
    ("turn", (Axis.ROLL, Axis.TILT, Axis.ROTATE), "turn", "turn"),
)
ROW_HEIGHT, ROW_GAP = 36, 6
SUBTASK_TOP, SUBTASK_HEIGHT = LANE_TOP + 6, 34
MOTION_TOP = SUBTASK_TOP + SUBTASK_HEIGHT + 36
GRIPPER_TOP = MOTION_TOP + len(ROWS) * (ROW_HEIGHT + ROW_GAP)
GRIPPER_HEIGHT = 16
CRITIC_TOP, CRITIC_BOTTOM = GRIPPER_TOP + GRIPPER_HEIGHT + 24, AXIS_Y - 46
REPLAN_Y = AXIS_Y - 20
DISTURBED_Y = AXIS_Y + 36


@dataclass(frozen=True, slots=True)
class Axes:
    """Maps seconds to pixels; the run lasts ``duration`` s."""

    duration: float

    def x(self, t: float) -> float:
        """The pixel column of time ``t`` s, clamped to the axis."""
        return LEFT + (RIGHT - LEFT) * min(max(t / self.duration, 0.0), 1.0)

    def ticks(self) -> list[float]:
        """Round times (s), at most sixteen."""
        step = next((s for s in (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300) if self.duration / s <= 16), self.duration / 8)
        return [i * step for i in range(int(self.duration / step) + 1)]


def draw_timeline(result: RunResult, trace: Trace) -> Canvas:
    """Draw the timeline on a new canvas."""
    canvas, axes = Canvas(WIDTH, HEIGHT), Axes(max(result.duration_s, 0.1))
    _header(canvas, result)
    _grid(canvas, axes)
    _corrections(canvas, axes, result.corrections)
    _disturbances(canvas, axes, result.disturbances)
    _subtasks(canvas, axes, result)
    _motions(canvas, axes, result)
    _critic(canvas, axes, trace)
    _replans(canvas, axes, result.replans)
    return canvas


def write_timeline(folder: Path, result: RunResult, trace: Trace) -> Path:
    """Write ``timeline.png`` into ``folder`` and return its path. Raises `UserError` if that fails."""
    rgb = draw_timeline(result, trace).image()
    _, data = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return write_atomic(folder / FILE_NAME, data.tobytes())


def _header(canvas: Canvas, result: RunResult) -> None:
    x = 28 + _pill(canvas, 28, 24, result.outcome, OUTCOMES[result.outcome], 15) + 14
    canvas.text(result.instruction, (x, 44), 23, weight=BOLD, most=WIDTH - x - 28)
    facts = [f"{result.duration_s:.1f} s", result.robot, f"planner {result.planner}", f"seed {result.seed}"]
    told = " · ".join(filter(None, [verdict(result.success), *facts]))
    canvas.text(told, (28, 77), 14, FAINT_INK, most=760)
    x = WIDTH - 28.0
    for label, color in (("critic: failed", BAD), ("critic: done", GOOD), ("said by the operator", OPERATOR)):
        x -= text_width(label, 13)
        canvas.text(label, (x, 77), 13, FAINT_INK)
        canvas.rectangle(x - 18, 66, x - 6, 78, color, 3)
        x -= 36


def _pill(canvas: Canvas, left: float, top: float, text: str, color: tuple[int, int, int], size: float) -> float:
    width = text_width(text, size, BOLD) + size * 1.5
    canvas.rectangle(left, top, left + width, top + size * 1.75, color, size)
    canvas.text(text, (left + width / 2, top + size * 1.22), size, PAPER, BOLD, "middle")
    return width


def _grid(canvas: Canvas, axes: Axes) -> None:
    canvas.rectangle(LEFT, LANE_TOP, RIGHT, AXIS_Y, SHADE, 4)
    canvas.rectangle(LEFT, CRITIC_TOP, RIGHT, CRITIC_BOTTOM, PAPER)
    for t in axes.ticks():
        canvas.line([(axes.x(t), LANE_TOP), (axes.x(t), AXIS_Y)], LINE)
        canvas.text(f"{t:g}", (axes.x(t), AXIS_Y + 20), 13, FAINT_INK, anchor="middle")
    canvas.text("seconds", (LEFT - 14, AXIS_Y + 20), 13, FAINT_INK, anchor="right")


def _label(canvas: Canvas, text: str, y: float, strong: bool = False) -> None:
    canvas.text(
        text, (LEFT - 14, y), 14 if strong else 13, INK if strong else FAINT_INK, BOLD if strong else 400, "right"
    )


def _subtasks(canvas: Canvas, axes: Axes, result: RunResult) -> None:
    top, bottom = SUBTASK_TOP, SUBTASK_TOP + SUBTASK_HEIGHT
    _label(canvas, "subtasks", top + 22, strong=True)
    if not result.plan:
        canvas.text(
            result.question or result.refusal or "nothing to do", (LEFT + 10, top + 22), 14, most=RIGHT - LEFT - 20
        )
    ends = [*(step.t for step in result.plan[1:]), result.duration_s]
    for step, end in zip(result.plan, ends, strict=False):
        left, right = axes.x(step.t) + 1, max(axes.x(end) - 1, axes.x(step.t) + 3)
        color = OUTCOMES.get(step.outcome, NEUTRAL)
        canvas.rectangle(left, top, right, bottom, color, 6)
        canvas.text(step.subtask, (left + 10, top + 22), 14, PAPER, BOLD, most=right - left - 18)


def _motions(canvas: Canvas, axes: Axes, result: RunResult) -> None:
    _label(canvas, "motions", MOTION_TOP - 8, strong=True)
    for i, (label, *_) in enumerate(ROWS):
        middle = MOTION_TOP + i * (ROW_HEIGHT + ROW_GAP) + ROW_HEIGHT / 2
        _label(canvas, label, middle + 5)
        canvas.line([(LEFT, middle), (RIGHT, middle)], LINE, 1.0)
    _label(canvas, "gripper", GRIPPER_TOP + 13)
    ends = [*(motion.t for motion in result.motions[1:]), result.duration_s]
    for said, end in zip(result.motions, ends, strict=False):
        left, right = axes.x(said.t), max(axes.x(end), axes.x(said.t) + 2)
        if said.source == "operator":
            canvas.rectangle(left, MOTION_TOP - 4, right, GRIPPER_TOP + GRIPPER_HEIGHT + 4, OPERATOR, 4, alpha=0.16)
            canvas.frame(left, MOTION_TOP - 4, right, GRIPPER_TOP + GRIPPER_HEIGHT + 4, OPERATOR, 4)
        _bars(canvas, motion_of(said.text), said.text, left, right, said.source == "operator")
    _gripper(canvas, axes, result)


def _bars(canvas: Canvas, motion: LanguageMotion | None, text: str, left: float, right: float, operator: bool) -> None:
    """Bars of one motion: one per step, up or down from its row's middle, with a height by its degree."""
    for step in motion.steps if motion else ():
        row = next(i for i, (_, axes, *_) in enumerate(ROWS) if step.axis in axes)
        middle = MOTION_TOP + row * (ROW_HEIGHT + ROW_GAP) + ROW_HEIGHT / 2
        tall = ROW_HEIGHT / 2 * {1: 0.4, 2: 0.7, 3: 1.0}[int(step.degree)]
        color = DIRECTIONS[ROWS[row][2] if step.sign > 0 else ROWS[row][3]]
        top, bottom = (middle - tall, middle) if step.sign > 0 else (middle, middle + tall)
        canvas.rectangle(left, top, right - 0.5, bottom, color)
        if operator:
            canvas.hatch(left, top, right - 0.5, bottom, PAPER)
    if motion is None or motion.toward is not None:
        bottom = MOTION_TOP + 3 * (ROW_HEIGHT + ROW_GAP) - ROW_GAP
        canvas.rectangle(left, MOTION_TOP, right - 0.5, bottom, DIRECTIONS["toward"], 4, alpha=0.25)
        canvas.text(
            text.removeprefix("move arm "), (left + 6, (MOTION_TOP + bottom) / 2 + 5), 13, most=right - left - 10
        )


def _gripper(canvas: Canvas, axes: Axes, result: RunResult) -> None:
    """A filled bar while the gripper's command is close, an outline while it is open, merged over equal motions."""
    spans: list[tuple[GripperAction, float, float]] = []
    ends = [*(motion.t for motion in result.motions[1:]), result.duration_s]
    for said, end in zip(result.motions, ends, strict=False):
        motion = motion_of(said.text)
        action = motion.gripper if motion else GripperAction.KEEP
        begin = spans.pop()[1] if spans and spans[-1][0] is action else said.t
        spans.append((action, begin, end))
    color, bottom = DIRECTIONS["gripper"], GRIPPER_TOP + GRIPPER_HEIGHT
    for action, begin, end in spans:
        left, right = axes.x(begin), max(axes.x(end), axes.x(begin) + 3)
        if action is GripperAction.CLOSE:
            canvas.rectangle(left, GRIPPER_TOP, right, bottom, color, 3)
        elif action is GripperAction.OPEN:
            canvas.frame(left + 1, GRIPPER_TOP + 1, right - 1, bottom - 1, color, 3)
        if action is not GripperAction.KEEP:
            ink = PAPER if action is GripperAction.CLOSE else color
            canvas.text(action.name.lower(), (left + 6, GRIPPER_TOP + 12), 11, ink, BOLD, most=right - left - 8)


def _critic(canvas: Canvas, axes: Axes, trace: Trace) -> None:
    def y(p: float) -> float:
        return CRITIC_BOTTOM - (CRITIC_BOTTOM - CRITIC_TOP) * min(max(p, 0.0), 1.0)

    canvas.text("critic", (LEFT - 40, (CRITIC_TOP + CRITIC_BOTTOM) / 2 + 5), 14, INK, BOLD, "right")
    for p in (0.0, 0.5, 1.0):
        canvas.line([(LEFT, y(p)), (RIGHT, y(p))], LINE)
        canvas.text(f"{p:g}", (LEFT - 14, y(p) + 4), 11, FAINT_INK, anchor="right")
    looks = trace.critic
    for color, values in ((GOOD, [k.done for k in looks]), (BAD, [k.failed for k in looks])):
        points: list[Point] = [(axes.x(k.t), y(p)) for k, p in zip(looks, values, strict=True)]
        if len(points) > 1:
            foot = [(points[-1][0], CRITIC_BOTTOM), (points[0][0], CRITIC_BOTTOM)]
            canvas.polygon([*points, *foot], color, alpha=0.14)
            canvas.line(points, color, 1.8)


def _corrections(canvas: Canvas, axes: Axes, corrections: tuple[Correction, ...]) -> None:
    """A flag per correction, on the first row with room; without room, only a line."""
    if corrections:
        _label(canvas, "said", FLAG_ROWS[0] + 15, strong=True)
    taken = [float(LEFT - 200)] * len(FLAG_ROWS)
    for said in corrections:
        x = axes.x(said.t)
        delay = f" {said.latency_ms:.0f} ms" if said.latency_ms is not None else ""
        quote, reading = f"“{said.text}”", f"{said.level}{delay}"
        width = min(text_width(quote, 13, BOLD) + text_width(reading, 12) + 30, 360)
        # Near the right edge the flag is drawn to the left of its pole.
        left = x if x + width <= RIGHT + 20 else x - width
        row = next((i for i, end in enumerate(taken) if left > end + 6), None)
        top = FLAG_ROWS[row] if row is not None else LANE_TOP - 8
        canvas.line([(x, top), (x, AXIS_Y)], OPERATOR, 1.4)
        if row is None:
            continue
        taken[row] = left + width
        canvas.rectangle(left, top, left + width, top + 21, OPERATOR, 3)
        room = width - text_width(reading, 12) - 26
        quoted = canvas.text(quote, (left + 8, top + 15), 13, PAPER, BOLD, most=room)
        canvas.text(reading, (left + 16 + quoted, top + 15), 12, PAPER)


def _disturbances(canvas: Canvas, axes: Axes, disturbances: tuple[Disturbance, ...]) -> None:
    """A pole and its words above the axis's numbers for everything that was done to the simulated world."""
    if disturbances:
        _label(canvas, "disturbances", DISTURBED_Y + 5, strong=True)
    following = [*(axes.x(one.t) for one in disturbances[1:]), float(RIGHT)]
    for one, until in zip(disturbances, following, strict=False):
        x = axes.x(one.t)
        canvas.dashes((x, LANE_TOP), (x, DISTURBED_Y), INK, 1.6)
        text = shortened(f"{one.name}: {one.what}", until - x - 18, 13)
        canvas.rectangle(x - 5, DISTURBED_Y - 5, x + 5, DISTURBED_Y + 5, INK, 2)
        canvas.text(text, (x + 10, DISTURBED_Y + 5), 13)


def _replans(canvas: Canvas, axes: Axes, replans: tuple[Replan, ...]) -> None:
    _label(canvas, "re-planning", REPLAN_Y + 5, strong=True)
    following = [*(axes.x(replan.t) for replan in replans[1:]), float(RIGHT)]
    for replan, until in zip(replans, following, strict=False):
        x = axes.x(replan.t)
        canvas.dashes((x, LANE_TOP), (x, REPLAN_Y), BAD, 1.2)
        canvas.polygon([(x, REPLAN_Y - 8), (x + 8, REPLAN_Y), (x, REPLAN_Y + 8), (x - 8, REPLAN_Y)], BAD)
        kind = f"{replan.cause}, {replan.p:.0%}" if replan.remedy else replan.level
        text = shortened(f"{kind}: {replan.reason}", until - x - 26, 13)
        # A background keeps the words readable where flag poles pass.
        canvas.rectangle(x + 10, REPLAN_Y - 9, x + 18 + text_width(text, 13), REPLAN_Y + 10, SHADE)
        canvas.text(text, (x + 14, REPLAN_Y + 5), 13)
