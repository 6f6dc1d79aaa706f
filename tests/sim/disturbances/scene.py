"""The scene and the instruction that are disturbed, and how a test lets that happen."""

from collections.abc import Callable

from sayso.sim.disturbances.director import Director
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

SAID = "put the red block in the blue bowl"
SCENE = SceneSpec(
    (
        ObjectSpec("b1", "block", "red", (0.45, 0.10)),
        ObjectSpec("b2", "block", "green", (0.45, -0.10)),
        ObjectSpec("w1", "bowl", "blue", (0.60, 0.0)),
    )
)
Happen = Callable[..., Director]
