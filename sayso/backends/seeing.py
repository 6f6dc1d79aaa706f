"""What an arm sees with: detector, eyes and grasps, for simulated and real cameras alike."""

from __future__ import annotations

from sayso.hardware.types import GripperSpec
from sayso.model_store import ModelStore
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.grasps.finder import GraspFinder, finds_for
from sayso.perception.pipeline import Detector, Sees
from sayso.perception.sight.sight import Sight

EYES = {True: "eyes", False: "eyes-rgb"}


def seeing(
    store: ModelStore, gripper: GripperSpec | None, *, deep: bool, flat: bool, eyes: bool
) -> tuple[Sees, tuple[str, ...]]:
    """What finds things in the frames of cameras with depth (``deep``) or without (``flat``), and its models' names.

    With ``eyes`` it finds any thing, otherwise blocks and bowls alone; cameras without depth have eyes only where the
    store has some for them. Grasps need depth, and a ``gripper`` that the network knows. Raises `ModelError`.
    """
    names = ["detector"] * deep + ["detector-rgb"] * flat
    sees: Sees = Detector(store.load("detector") if deep else None, color=store.load("detector-rgb") if flat else None)
    colored = eyes and flat and EYES[False] in store.names()
    if not eyes or not (deep or colored):
        return sees, tuple(names)
    names += [EYES[True]] * deep + [EYES[False]] * colored
    looking = Eyes(store.load(EYES[True]) if deep else None, color=store.load(EYES[False]) if colored else None)
    finder = None
    if deep and gripper is not None and finds_for(gripper):
        finder = GraspFinder(store.load("grasps"), gripper)
        names.append("grasps")
    return Sight(sees, looking, grasps=finder), tuple(names)
