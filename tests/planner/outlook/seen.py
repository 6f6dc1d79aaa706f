"""Scenes, moments and outlooks to test with."""

import numpy as np

from sayso.hardware.types import Array, Pose
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.outlook.cause import CAUSES, Cause
from sayso.planner.outlook.critic import Outlook
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Subtask, Verb
from sayso.skills.features import Proprioception

PICK = Subtask(Verb.PICK, "block-1", "red block")


def thing(name: str, color: str, kind: str, at: tuple[float, float, float], held: bool = False) -> SceneObject:
    size = (0.04, 0.04, 0.04) if kind == "block" else (0.15, 0.15, 0.06)
    return SceneObject(name, {kind: 0.98}, {color: 0.97}, np.array(at), np.array(size), held=held)


def moment(subtask: Subtask, items: tuple[SceneObject, ...], lag: Array | None = None, t: float = 2.0) -> Moment:
    tool = Pose(np.array([0.5, 0.0, 0.2]), np.eye(3))
    lag = np.zeros(3) if lag is None else lag
    held = next((o.id for o in items if o.held), None)
    body = Proprioception(np.zeros(len(lag)), lag, tool, 0.04, 0.0, closing=True)
    return Moment(t, 1, 0.0, subtask, Scene(t, items, tool, 1.0, held), body, np.abs(lag))


def outlook(cause: Cause, succeeds: float = 0.05) -> Outlook:
    shares = {c: 0.93 if c is cause else 0.01 for c in CAUSES}
    return Outlook(1.0, 0.01, succeeds, 0.97, shares)
