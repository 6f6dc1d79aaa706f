"""The judge says true, false, or nothing: a table of instructions against worlds set up by hand."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.world import ObjectTruth
from sayso.sim import tasks
from sayso.sim.judge import judge, wishes
from sayso.sim.scenes.scene_spec import BLOCK_SIZE, BOWL_SIZE

Truth = dict[str, ObjectTruth]
FLAT = np.array([0.0, 0.0, 0.0, 1.0])
OVERTURNED = np.array([1.0, 0.0, 0.0, 0.0])
START = {
    "b1": ("red block", 0.40, 0.20, 0.02),
    "b2": ("green block", 0.50, 0.20, 0.02),
    "b3": ("blue block", 0.60, 0.20, 0.02),
    "w1": ("blue bowl", 0.50, -0.10, 0.0275),
}
IN_BOWL = (0.50, -0.10, 0.026)
ON_B2 = (0.50, 0.20, 0.06)
ON_THAT = (0.50, 0.20, 0.10)


def world(**moved: tuple[float, float, float]) -> Truth:
    """The start with some objects elsewhere."""
    out = {}
    for name, (called, *place) in START.items():
        color, kind = called.split()
        size = np.array(BOWL_SIZE if kind == "bowl" else BLOCK_SIZE)
        out[name] = ObjectTruth(kind, color, np.array(moved.get(name, place)), FLAT, size)
    return out


ALL_IN = world(b1=IN_BOWL, b2=(0.52, -0.08, 0.03), b3=(0.48, -0.11, 0.06))
TOWER = world(b1=ON_B2, b3=ON_THAT)
CASES = [
    ("pick up the red block", world(b1=(0.40, 0.20, 0.12)), True),
    ("Please, grab the red block!", world(b1=(0.40, 0.20, 0.12)), None),
    ("please grab the red block!", world(b1=(0.40, 0.20, 0.12)), True),
    ("could you pick up the red block?", world(b1=(0.40, 0.20, 0.12)), True),
    ("lift the red block", world(b1=(0.40, 0.20, 0.06)), False),
    ("pick up the red block", world(b2=(0.50, 0.20, 0.12)), False),
    ("put the red block in the blue bowl", world(b1=IN_BOWL), True),
    ("drop  the RED block into the blue bowl.", world(b1=IN_BOWL), True),
    ("place red block inside blue bowl", world(b1=IN_BOWL), True),
    ("put the red block in the blue bowl", world(), False),
    ("put the red block in the blue bowl", world(b1=(0.50, -0.10, 0.15)), False),
    ("put the red block in the blue bowl", world(b2=IN_BOWL), False),
    ("put the red block on the green block", world(b1=ON_B2), True),
    ("stack the red block on top of the green block", world(b1=ON_B2), True),
    ("put the red block on the green block", world(b1=(0.50, 0.20, 0.075)), False),
    ("put the red block on the green block", world(b1=(0.53, 0.20, 0.06)), False),
    ("put the green block on the red block", world(b1=ON_B2), False),
    ("put the red block to the left of the green block", world(b1=(0.51, 0.32, 0.02)), True),
    ("put the red block left of the green block", world(b1=(0.51, 0.08, 0.02)), False),
    ("put the red block right of the green block", world(b1=(0.51, 0.08, 0.02)), True),
    ("put the red block in front of the green block", world(b1=(0.38, 0.21, 0.02)), True),
    ("put the red block behind the green block", world(b1=(0.62, 0.21, 0.02)), True),
    ("put the red block behind the green block", world(b1=(0.62, 0.35, 0.02)), False),
    ("move the red block to the left", world(b1=(0.40, 0.31, 0.02)), True),
    ("move the red block right", world(b1=(0.40, 0.31, 0.02)), False),
    ("move the red block right", world(b1=(0.40, 0.18, 0.02)), False),
    ("move the red block forward", world(b1=(0.50, 0.20, 0.02)), True),
    ("move the red block back", world(b1=(0.31, 0.20, 0.02)), True),
    ("put all the blocks in the blue bowl", ALL_IN, True),
    ("put all of the blocks into the blue bowl", world(b1=IN_BOWL, b2=(0.52, -0.08, 0.03)), False),
    ("stack all the blocks", TOWER, True),
    ("stack all blocks", world(b1=ON_B2), False),
    ("stack all blocks", world(), False),
    # What is said in a row must all be so at the end, unless what comes later undoes it.
    ("put the red block in the blue bowl and then put the green block on the blue block",
     world(b1=IN_BOWL, b2=(0.60, 0.20, 0.06)), True),
    ("put the red block in the blue bowl, then put the green block on the blue block", world(b1=IN_BOWL), False),
    ("pick up the red block and then put the red block in the blue bowl", world(b1=IN_BOWL), True),
    ("put the red block in the blue bowl and then put the red block on the green block", world(b1=ON_B2), True),
    ("put the red block in the blue bowl; pick up the green block",
     world(b1=IN_BOWL, b2=(0.50, 0.20, 0.20)), True),
    ("stack all the blocks and then put the blue block in the blue bowl", world(b1=ON_B2, b3=IN_BOWL), True),
    ("stack all the blocks and then put the blue block in the blue bowl", TOWER, False),
    ("stack all the blocks and then put the blue block on the red block", TOWER, True),
    ("stack all the blocks and then put the blue block on the red block", world(b3=(0.40, 0.20, 0.06)), False),
    ("put the blue block in the blue bowl and then stack all the blocks", TOWER, True),
    # Not plain: no verdict.
    ("tidy up", TOWER, None),
    ("", TOWER, None),
    ("pick up the block", TOWER, None),
    ("pick up the purple block", TOWER, None),
    ("put the red block in the green bowl", TOWER, None),
    ("put all the blocks in the red bowl", ALL_IN, None),
    ("put the red block in the blue bowl and then dance", world(b1=IN_BOWL), None),
    ("put the red block in the blue bowl and pick up the green block", world(b1=IN_BOWL), None),
    ("pick up the red block and then put it in the blue bowl", world(b1=IN_BOWL), None),
]  # fmt: skip


@pytest.mark.parametrize(("instruction", "after", "verdict"), CASES)
def test_verdicts(instruction: str, after: Truth, verdict: bool | None) -> None:
    assert judge(instruction, world(), after) is verdict


def without(truth: Mapping[str, ObjectTruth], *names: str) -> Truth:
    return {k: o for k, o in truth.items() if k not in names}


def test_all_of_none_is_no_verdict() -> None:
    one, none = without(world(), "b2", "b3"), without(world(), "b1", "b2", "b3")
    assert judge("stack all the blocks", one, one) is None
    assert judge("put all the blocks in the blue bowl", none, none) is None
    assert judge("put all the blocks in the blue bowl", one, without(ALL_IN, "b2", "b3")) is True


def test_a_name_that_fits_two_is_no_verdict() -> None:
    twins = world()
    twins["b4"] = ObjectTruth("block", "red", np.array([0.4, 0.0, 0.02]), FLAT, np.full(3, 0.04))
    assert wishes("pick up the red block", twins) is None
    assert judge("put the green block in the blue bowl", twins, twins) is False


def test_an_overturned_bowl_holds_nothing_and_what_fell_is_not_on_the_table() -> None:
    truth = world(b1=IN_BOWL, b2=(1.2, 0.0, -0.5))
    assert tasks.is_in(truth, "b1", "w1")
    bowl = truth["w1"]
    truth["w1"] = replace(bowl, quaternion=OVERTURNED)
    assert not tasks.is_in(truth, "b1", "w1")
