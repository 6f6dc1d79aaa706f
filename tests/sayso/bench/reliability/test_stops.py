"""One stop of the bench in each of its two ways; the bench itself has them all."""

from __future__ import annotations

import pytest

from sayso.bench.reliability.stops import by_person, cells, of_loop, phases_of


def test_after_a_stop_by_a_closed_terminal_no_joint_moves() -> None:
    pytest.importorskip("scservo_sdk")
    record = by_person("so101", "closed terminal", 1)
    assert record["ok"], record


def test_a_stop_ends_the_lying_down() -> None:
    pytest.importorskip("scservo_sdk")
    record = by_person("so101", "sayso stop", 2)
    assert record["phase"] == "lying down" and record["ok"], record


@pytest.mark.parametrize("wish", ["go home", "lie down"])
def test_a_stop_just_after_the_arm_was_sent_somewhere_holds_it(wish: str) -> None:
    pytest.importorskip("scservo_sdk")
    record = by_person("so101", f"just after {wish}", 4)
    assert record["phase"] == "running" and record["ok"], record


def test_a_session_that_leaves_its_arm_moves_nothing() -> None:
    pytest.importorskip("dynamixel_sdk")
    assert of_loop("koch", "session left", 0)["ok"]


def test_an_arm_that_is_not_emulated_is_refused() -> None:
    with pytest.raises(ValueError, match="no emulated arm 'xarm'; there are: so101, "):
        cells("xarm")


def test_an_arm_is_stopped_in_the_phases_that_it_has() -> None:
    assert phases_of("so101") == ("getting up", "running", "lying down")
    assert phases_of("ur5e") == phases_of("panda") == ("getting up", "running")
    names = {arm: [name for name, *_ in cells(arm)] for arm in ("so101", "ur5e")}
    assert set(names["so101"]) - set(names["ur5e"]) == {"sayso run: just after lie down"}
