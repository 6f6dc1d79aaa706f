"""Where a gripper takes something and lets go."""

from itertools import pairwise

import numpy as np
import pytest

from sayso.recordings.grips import find_grips


def jaw(*levels: float, hold: int = 30, move: int = 10) -> np.ndarray:
    """An opening that rests at each of ``levels`` and moves evenly between them."""
    parts = [np.full(hold, levels[0])]
    for before, after in pairwise(levels):
        parts += [np.linspace(before, after, move + 1)[1:], np.full(hold, after)]
    return np.concatenate(parts)


def kinds(opening: np.ndarray, commanded: np.ndarray | None = None) -> list[str]:
    return [grip.kind for grip in find_grips(opening, commanded)]


def test_a_grasp_ends_where_the_jaw_comes_to_rest_and_a_release_begins_where_it_moves() -> None:
    grasp, release = find_grips(jaw(1.0, 0.4, 1.0))
    assert grasp.end == pytest.approx(39, abs=3) and release.begin == pytest.approx(70, abs=3)
    assert grasp.opening == pytest.approx(0.4)


def test_a_jaw_that_shuts_wholly_has_missed() -> None:
    assert kinds(jaw(1.0, 0.0, 1.0, 0.4, 1.0)) == ["grasp", "release"]
    assert find_grips(jaw(1.0, 0.0, 1.0, 0.4, 1.0))[0].end > 100


def test_a_thin_thing_is_noticed_by_the_command_that_the_jaw_cannot_follow() -> None:
    assert kinds(jaw(1.0, 0.02, 1.0)) == []
    assert kinds(jaw(1.0, 0.06, 1.0), jaw(1.0, 0.0, 1.0)) == ["grasp", "release"]


def test_a_jaw_that_follows_its_command_holds_nothing() -> None:
    followed = jaw(1.0, 0.4, 1.0, 0.4, 1.0)
    command = followed.copy()
    command[110:160] -= 0.2
    assert kinds(followed, command) == ["grasp", "release"]
    assert find_grips(followed, command)[0].begin > 90


def test_commands_that_repeat_what_was_measured_say_nothing() -> None:
    opening = jaw(1.0, 0.4, 1.0)
    assert kinds(opening, np.append(opening[1:], opening[-1])) == ["grasp", "release"]


def test_noise_is_no_grip_and_what_is_held_to_the_end_has_no_release() -> None:
    rng = np.random.default_rng(0)
    assert kinds(jaw(1.0) + rng.normal(0, 0.01, 30)) == []
    assert kinds(jaw(1.0, 0.4) + rng.normal(0, 0.01, 70)) == ["grasp"]
    assert kinds(np.ones(1)) == []
