"""Versions of learned models: promoted, used, rolled back; nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.errors import UserError
from sayso.learning.versions import SHIPPED, Versions
from sayso.model_store import PACKAGED, ModelStore, write_card

NAME = "motion-panda"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path / "sayso" / "models"


def other(folder: Path, of: str) -> Path:
    """The motion planner of another arm in the place of the Panda's: another model with another digest."""
    folder.mkdir(exist_ok=True)
    model = folder / f"{NAME}.onnx"
    model.write_bytes((PACKAGED / f"motion-{of}.onnx").read_bytes())
    write_card(model, "a test", "none", {})
    return model


def test_a_promoted_model_is_in_use_and_its_predecessors_stay(root: Path, tmp_path: Path) -> None:
    shipped = ModelStore.of_user().card(NAME).digest
    versions = Versions(root, NAME)
    assert versions.promote(other(tmp_path / "a", "so101"), "better") == 1
    first = ModelStore.of_user().card(NAME).digest
    assert versions.promote(other(tmp_path / "b", "ur5e"), "better still") == 2
    store = ModelStore.of_user()
    assert len({shipped, first, store.card(NAME).digest}) == 3 and store.problem(NAME) is None
    assert ModelStore().card(NAME).digest == shipped  # what benchmarks measure
    assert versions.roll_back() == 1 and ModelStore.of_user().card(NAME).digest == first
    assert versions.roll_back() == SHIPPED and ModelStore.of_user().card(NAME).digest == shipped
    assert versions.numbers() == [1, 2] and [step.act for step in versions.history] == [
        "promoted", "promoted", "rolled back", "rolled back",
    ]  # fmt: skip
    with pytest.raises(UserError, match="nothing to roll back"):
        versions.roll_back()


def test_a_kill_before_the_switch_leaves_the_model_before(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Versions, "_go_to", killed)
    with pytest.raises(KeyboardInterrupt):
        Versions(root, NAME).promote(other(tmp_path / "a", "so101"), "better")
    assert ModelStore.of_user().file(NAME) == PACKAGED / f"{NAME}.onnx"


def test_a_damaged_version_is_refused(root: Path, tmp_path: Path) -> None:
    Versions(root, NAME).promote(other(tmp_path / "a", "so101"), "better")
    file = ModelStore.of_user().file(NAME)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert "0001.onnx is damaged" in (ModelStore.of_user().problem(NAME) or "")


def test_the_command_lists_versions_and_rolls_back(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["models", "rollback"]) == 2
    assert "There are versions of: no model" in capsys.readouterr().err
    Versions(root, NAME).promote(other(tmp_path / "a", "so101"), "better")
    assert run_command(["models", "versions", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(r["version"], r["in_use"], r["why"]) for r in rows] == [(0, False, "shipped"), (1, True, "better")]
    assert run_command(["models", "rollback", NAME]) == 0
    assert capsys.readouterr().out == f"{NAME}: version 1 is out of use, the shipped one is in use\n"
    assert ModelStore.of_user().file(NAME) == PACKAGED / f"{NAME}.onnx"
