"""The state of a session at one moment, as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sayso.console.runtime_observer import RuntimeObserver
from sayso.console.selection import Selection
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.robot import RobotError
from sayso.hardware.types import RobotSpec
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.execution.critic import DONE_THRESHOLD, FAILED_THRESHOLD
from sayso.planner.language.grounding import names
from sayso.planner.task.english import plainly
from sayso.runtime.hearing.understood import asked
from sayso.skills.motion import Axis, Degree, GripperAction, LanguageMotion, Step

if TYPE_CHECKING:
    from sayso.session import Session

MOST_STEPS = 60
_KEYS = (
    ("w", Axis.X, 1), ("s", Axis.X, -1), ("a", Axis.Y, 1), ("d", Axis.Y, -1), ("r", Axis.Z, 1), ("f", Axis.Z, -1),
    ("q", Axis.ROTATE, 1), ("e", Axis.ROTATE, -1), ("t", Axis.TILT, -1), ("g", Axis.TILT, 1), ("z", Axis.ROLL, -1),
    ("x", Axis.ROLL, 1),
)  # fmt: skip


def motion_keys() -> list[dict[str, str]]:
    """The twelve directions of a language motion and the two of the hand: key, and the sentence that it says."""
    keys = [
        {"key": key, "say": str(LanguageMotion((Step(axis, sign, Degree.SLIGHTLY),))), "axis": axis.name.lower()}
        for key, axis, sign in _KEYS
    ]
    hands = (("o", GripperAction.OPEN), ("c", GripperAction.CLOSE))
    return keys + [{"key": key, "say": str(LanguageMotion(gripper=hand)), "axis": "hand"} for key, hand in hands]


def hello(session: Session, session_id: str, hold_to_run: bool) -> dict[str, Any]:
    """What does not change in a session, as far as it is known before the arm is connected."""
    spec = getattr(session, "robot", None) and session.robot.spec
    return {
        "session": session_id,
        "robot": session.robot_name,
        "planner": str(getattr(session, "planner_name", "")),
        "hold_to_run": hold_to_run,
        "keys": motion_keys(),
        "thresholds": {"done": DONE_THRESHOLD, "failed": FAILED_THRESHOLD},
        "arm": None if spec is None else _arm(spec),
    }


def _arm(spec: RobotSpec) -> dict[str, Any]:
    reach = spec.reach or spec.workspace
    return {
        "name": spec.name, "joints": list(spec.joints), "hz": spec.control_hz,
        "reach": [rounded(reach.lower), rounded(reach.upper)],
        "workspace": [rounded(spec.workspace.lower), rounded(spec.workspace.upper)],
        "hand": spec.gripper.width if spec.gripper is not None else 0.0,
        "finger": spec.gripper.fingertip if spec.gripper is not None else 0.0,
    }  # fmt: skip


class Drawing:
    """Points of the arm for the page, by forward kinematics; only the tool where the arm has no URDF."""

    def __init__(self, spec: RobotSpec) -> None:
        try:
            self._kinematics: Kinematics | None = Kinematics(spec)
        except (RobotError, OSError, ValueError):  # another package's world may have none
            self._kinematics = None

    def of(self, observer: RuntimeObserver, scene: Scene | None) -> dict[str, Any]:
        """The arm's joints (rad), its points (m) from the base to the tool, and the opening of the hand."""
        state = observer.state
        if state is None:
            return {}
        drawn: dict[str, Any] = {"joints": rounded(state.position, 4), "gripper": round(float(state.gripper), 3)}
        if self._kinematics is not None and len(state.position):
            drawn["points"] = [rounded(p) for p in self._kinematics.points(state.position)]
            drawn["down"] = rounded(self._kinematics.forward(state.position).rotation[:, 2])
        elif scene is not None:
            drawn["points"], drawn["down"] = [rounded(scene.tool.position)], rounded(scene.tool.rotation[:, 2])
        return drawn


def state_of(
    session: Session,
    observer: RuntimeObserver,
    selection: Selection,
    drawing: Drawing | None,
    *,
    speed: float,
    held: bool,
) -> dict[str, Any]:
    """The state as the page takes it. Before the session is complete: what it is doing, and little more."""
    steering = session.steering
    # A stop pressed while nothing is under way holds nothing: the next instruction begins.
    stands = session.stands and bool(steering.carrying or steering.doing)
    state: dict[str, Any] = {
        "doing": steering.doing, "running": steering.carrying, "stands": stands, "may_move": session.may_move,
        "stops": session.commands.stops, "speed": round(speed, 2), "held": held,
        "phase": "stopped" if stands else "setting up",
    }  # fmt: skip
    executive = getattr(session, "executive", None)
    if executive is None or drawing is None:
        return state
    now, scene = session.robot.clock.now(), executive.scene
    question = session.question
    state |= {
        "t": round(now - session.began, 2) if executive.instruction else 0.0,
        "instruction": plainly(executive.instruction),
        "outcome": executive.outcome,
        "phase": _phase(session, stands),
        "steps": _steps(session),
        "pace": round(executive.override.pace, 2),
        "question": None if question is None else {
            "text": question.text, "options": list(question.options), "line": asked(question)
        },
        "selected": selection.about(scene),
        "things": [] if scene is None else _things(scene, selection),
        "arm": drawing.of(observer, scene),
    }  # fmt: skip
    motions, judgements, replans = executive.log.motions, executive.log.judgements, executive.supervisor.replans
    if steering.carrying and motions:
        state["motion"] = {
            "text": motions[-1].text, "by": motions[-1].source, "for_s": round(now - motions[-1].t, 1),
            "override": executive.override.motion(now) is not None,
        }  # fmt: skip
    if steering.carrying and judgements:
        t, judged = judgements[-1]
        state["critic"] = {
            "done": round(judged.done, 3), "failed": round(judged.failed, 3), "state": str(judged.state),
            "for_s": round(now - t, 1),
        }  # fmt: skip
    if replans:
        last = replans[-1]
        state["cause"] = {
            "t": round(last.t - session.began, 1), "level": str(last.level), "reason": last.reason,
            "p": round(last.p, 2),
        }  # fmt: skip
    return state


def _phase(session: Session, stands: bool) -> str:
    steering, executive = session.steering, session.executive
    if stands:
        return "stopped"
    if session.question is not None:
        return "asks"
    if executive.planning.is_busy:
        return "plans"
    if session.may_move:
        return "moves"
    return "works" if steering.carrying else "waits"


def _steps(session: Session) -> list[dict[str, str]]:
    supervisor = session.executive.supervisor
    told = [{"text": str(step.subtask), "state": step.outcome} for step in list(supervisor.steps)]
    return (told + [{"text": str(step), "state": "next"} for step in supervisor.left])[-MOST_STEPS:]


def _things(scene: Scene, selection: Selection) -> list[dict[str, Any]]:
    return [
        {
            "id": thing.id, "name": name, "own": _own(thing, selection), "kind": thing.kind,
            "color": thing.color, "position": rounded(thing.position), "size": rounded(thing.size),
            "yaw": round(float(thing.yaw), 3), "held": bool(thing.held), "sure": round(float(thing.confidence), 2),
            "age": round(float(thing.age), 1),
        }
        for thing, name in zip(scene.objects, names(scene.objects), strict=True)
    ]  # fmt: skip


def _own(thing: SceneObject, selection: Selection) -> str:
    called = thing.called
    return selection.names.get(thing.id, "") if called.source == "read" else called.text


def rounded(values: Any, digits: int = 4) -> list[float]:
    """The values as a list for JSON."""
    return [round(float(v), digits) for v in np.asarray(values).reshape(-1)]
