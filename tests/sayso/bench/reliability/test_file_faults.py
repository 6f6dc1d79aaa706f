"""The cells of `bench faults` in which something has to be refused: what is right passes, and a laxer one is found."""

import pytest

from sayso.bench.reliability import file_faults, state_walk
from sayso.hardware.control.state_machine import Event
from sayso.model_store import ModelStore


@pytest.mark.parametrize("seed", range(4))
def test_what_belongs_to_another_arm_is_refused(seed: int) -> None:
    record = file_faults.misfit("panda", seed)
    assert record["ok"], record


def test_damaged_files_are_refused() -> None:
    for seed in range(3):
        assert file_faults.damage_model("panda", seed) == {"ok": True, "damaged": 12, "passed": 0}
        record = file_faults.damage_setup("panda", seed)
        assert record["ok"] and record["refused"] > 0, record


def test_a_store_that_looks_at_no_digest_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelStore, "problem", lambda *_: None)
    assert file_faults.damage_model("panda", 0)["passed"] == 12


def test_a_setup_that_is_believed_unseen_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.backends.resolve_robot._confirmed", lambda _: True)
    assert sum(file_faults.damage_setup("panda", seed)["passed"] for seed in range(4)) > 0


def test_the_table_of_states_holds() -> None:
    assert state_walk.walk("panda", 0) == {"ok": True, "events": 100_000, "ways": 180, "wrong": []}


def test_a_table_that_forgets_the_held_stop_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hardware.control.state_machine.MOVING", frozenset({Event.FRESH}))
    record = state_walk.walk("panda", 0)
    assert not record["ok"] and "while the stop was held" in record["wrong"][0]


def test_a_table_by_which_a_component_goes_up_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.hardware.control.state_machine.UPWARD", frozenset({Event.ARM}))
    assert not state_walk.walk("panda", 0)["ok"]
