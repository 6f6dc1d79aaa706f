"""What an arm sees with: detector, eyes and grasps, for simulated and real cameras alike."""

from __future__ import annotations

from sayso.hardware.types import RobotSpec
from sayso.model_store import ModelStore
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.grasps.finder import GraspFinder, finds_for
from sayso.perception.pipeline import Detector, Sees
from sayso.perception.sight.near_hand import NearHand
from sayso.perception.sight.sight import Sight

EYES = {True: "eyes", False: "eyes-rgb"}


def seeing(
    store: ModelStore, spec: RobotSpec | None, *, deep: bool, flat: bool, eyes: bool | None
) -> tuple[Sees, tuple[str, ...]]:
    """What finds things in the frames of cameras with depth (``deep``) or without (``flat``), and its models' names.

    With ``eyes`` it finds any thing, without them blocks and bowls alone; None: any thing with depth, if the store has
    eyes for that, because without depth blocks are seen worse with the eyes than by the detector alone. The store may
    have none for cameras without depth. Grasps need depth, and a gripper of the robot ``spec`` that the network knows.
    Raises `ModelError`.
    """
    has = store.names()
    seen = deep and eyes is not False and (eyes or EYES[True] in has)
    colored = flat and eyes is True and EYES[False] in has
    names = ["detector"] * deep + ["detector-rgb"] * flat + [EYES[True]] * seen + [EYES[False]] * colored
    sees: Sees = Detector(store.load("detector") if deep else None, color=store.load("detector-rgb") if flat else None)
    if not (seen or colored):
        return sees, tuple(names)
    looking = Eyes(store.load(EYES[True]) if seen else None, color=store.load(EYES[False]) if colored else None)
    finder, gripper = None, spec.gripper if spec is not None else None
    if seen and gripper is not None and finds_for(gripper):
        finder = GraspFinder(store.load("grasps"), gripper)
        names.append("grasps")
    return Sight(sees, looking, grasps=finder, hand=NearHand(spec)), tuple(names)
