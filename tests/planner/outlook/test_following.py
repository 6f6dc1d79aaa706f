"""A joint that answers late or sags as it always does follows; one that becomes weak does not."""

from collections.abc import Callable

import numpy as np
import pytest

from sayso.hardware.types import Array
from sayso.planner.outlook.following import Following
from sayso.planner.outlook.words import LATE_RAD

TICK_S = 0.02
Way = Callable[[float], Array]


def late(following: Following, sent: Way, measured: Way, start: float, seconds: float) -> list[float]:
    """The highest lateness at each moment from ``start`` s on."""
    out = []
    for k in range(round(seconds / TICK_S)):
        t = start + k * TICK_S
        following.sent(t, sent(t))
        if k % 10 == 0:
            out.append(float(following.late(measured(t)).max()))
    return out


def goes(speed: float, behind_s: float = 0.0, sag: float = 0.0) -> Way:
    """Joint 2 at ``speed`` rad/s, forth and back every 2 s, so many seconds behind and ``sag`` rad below."""

    def at(t: float) -> Array:
        phase = max(t - behind_s, 0.0) % 4.0
        return np.array([0.3, speed * min(phase, 4.0 - phase) - sag, -0.2])

    return at


@pytest.mark.parametrize("speed", [0.1, 0.6, 1.5])
def test_an_arm_that_answers_as_late_as_servos_do_follows(speed: float) -> None:
    behind = goes(speed, behind_s=0.2)
    assert max(late(Following(), goes(speed), behind, 0.0, 6.0)) < 0.004
    if speed > 0.5:  # at once it is up to 17 degrees behind
        assert max(np.abs(goes(speed)(t) - behind(t)).max() for t in np.arange(0.0, 6.0, 0.1)) > 2 * LATE_RAD


def test_a_joint_that_stands_while_its_target_goes_on_does_not_follow() -> None:
    following = Following()
    before = late(following, goes(0.4), goes(0.4, behind_s=0.1), 0.0, 5.0)
    stuck = goes(0.4, behind_s=0.1)(5.0)
    after = late(following, goes(0.4), lambda _: stuck, 5.0, 1.0)
    assert max(before) < 0.005
    assert max(after) > LATE_RAD


def test_an_arm_that_sags_as_it_always_does_follows_until_it_sags_more() -> None:
    following = Following()
    late(following, goes(0.4), goes(0.4, behind_s=0.1, sag=0.045), 0.0, 4.0)
    assert max(late(following, goes(0.4), goes(0.4, behind_s=0.1, sag=0.045), 4.0, 2.0)) < 0.3 * LATE_RAD
    assert max(late(following, goes(0.4), goes(0.4, behind_s=0.1, sag=0.12), 6.0, 2.0)) > LATE_RAD


def test_a_joint_that_is_weak_from_the_first_moment_on_does_not_become_usual() -> None:
    weak = goes(0.1, behind_s=0.1, sag=0.12)  # commands run no farther ahead
    after = late(Following(), goes(0.1), weak, 0.0, 6.0)[-10:]
    assert min(after) > LATE_RAD


def test_an_arm_that_was_sent_nothing_is_not_late() -> None:
    assert Following().late(np.ones(3)).tolist() == [0.0, 0.0, 0.0]
