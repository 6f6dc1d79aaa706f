"""``sayso learn``: rules in plain words at once; too little to learn from is told; a habit is struck out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.cli import run_command
from sayso.learning.attempt import FILE_NAME, Aim
from sayso.learning.gate import Checked
from sayso.learning.learn import Learned, models_folder
from sayso.memory_store import MemoryFile, memory_path
from sayso.model_store import PACKAGED, ModelStore, write_card
from tests.sayso.learning.attempts import leave, moment, said

TALL = Aim(position=(0.5, 0.0, 0.05), size=(0.04, 0.04, 0.1), yaw=0.0, held=False, tolerance=0.006, clearance=0.0)
WORDS = (
    "tall things (9 to 11 cm), as the hand comes down on them: close the gripper, the fingers 3 to 4 cm below their top"
)


@pytest.fixture(autouse=True)
def own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def runs(folder: Path, count: int, outcome: str = "done") -> Path:
    """Attempts in each of which the gripper is told to close 3.5 cm below the top of a tall block."""
    for number in range(count):
        before = [moment(t / 10, tool=max(0.065, 0.3 - t / 150), aim=TALL) for t in range(40)]
        closes = [moment(4.0 + t / 10, "close gripper", "operator", 0.065, TALL) for t in range(1, 9)]
        lines = [*before, said(1, 4.0, "close gripper", "grab it"), *closes]
        leave(folder / str(number), lines, outcome)  # type: ignore[arg-type]
    return folder


def test_rules_are_said_in_plain_words_kept_and_struck_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = runs(tmp_path / "runs", 4)
    for _ in range(2):  # learned again it stays one habit
        assert run_command(["learn", str(folder), "--rules-only", "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
        assert report["habits"] == [WORDS] and (report["attempts"], report["corrections"]) == (4, 4)
        kept = [e for e in MemoryFile(memory_path(), print).entries() if e.kind == "habit"]
        assert len(kept) == 1 and kept[0].words == WORDS
    assert run_command(["memory"]) == 0
    assert f"habit       {WORDS} (panda, from 4 corrections)" in capsys.readouterr().out
    assert run_command(["memory", "forget", "habit"]) == 0
    assert not MemoryFile(memory_path(), print).entries()


def test_without_rules_nothing_is_kept(tmp_path: Path) -> None:
    assert run_command(["learn", str(runs(tmp_path / "runs", 3)), "--rules-only", "--no-rules"]) == 0
    assert not memory_path().exists()


@pytest.mark.parametrize(("count", "outcome", "good"), [(2, "done", 2), (5, "failed", 0)])
def test_too_little_to_learn_from_is_told(
    tmp_path: Path, count: int, outcome: str, good: int, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = runs(tmp_path / "runs", count, outcome)
    assert run_command(["learn", str(folder), "--rules-only"]) == 2
    told = f"{good} of {count} attempts ({good} succeeded) have a correction of a motion to learn from; at least 3"
    assert told in capsys.readouterr().err
    assert not memory_path().exists()


def test_runs_of_a_real_arm_give_rules_and_no_candidate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = runs(tmp_path / "runs", 3)
    for file in folder.rglob(FILE_NAME):
        file.write_text(file.read_text().replace('"robot": "sim", "arm": "panda"', '"robot": "so101", "arm": "so101"'))
    assert run_command(["learn", str(folder)]) == 2
    assert "none of these runs is simulated" in capsys.readouterr().err
    assert run_command(["learn", str(folder), "--rules-only"]) == 0
    (habit,) = (e for e in MemoryFile(memory_path(), print).entries() if e.kind == "habit")
    assert habit.arm == "so101"


@pytest.mark.parametrize("passes", [True, False])
def test_what_passes_the_gate_is_used_from_then_on_and_nothing_else(
    passes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "candidate" / "motion-panda.onnx"
    model.parent.mkdir()
    model.write_bytes((PACKAGED / "motion-so101.onnx").read_bytes())
    made = Learned(model, write_card(model, "a test", "none", {}), 10, 3, 1.0)
    verdict = Checked("a task", "better", 8, 1, 7, 6, 0, 0, 0, 0.02, "" if passes else "not better for certain")
    monkeypatch.setattr("sayso.learning.learn.candidate", lambda *_, **__: made)
    monkeypatch.setattr("sayso.learning.learn.judge", lambda *_: [verdict])
    shipped = ModelStore.of_user().card("motion-panda").digest
    arguments = ["learn", str(runs(tmp_path / "runs", 3)), "--gate", "tall blocks", "--work", str(tmp_path / "work")]
    assert run_command(arguments) == (0 if passes else 1)
    out = capsys.readouterr().out
    assert ("promoted: motion-panda version 1" if passes else "not promoted: the models stay as they are") in out
    assert ModelStore.of_user().card("motion-panda").digest == (made.card.digest if passes else shipped)


def test_links_to_models_that_have_gone_are_made_anew(tmp_path: Path) -> None:
    """As an interrupted run leaves them, whose models lay in a folder that was removed since."""
    for name in ("motion-panda.onnx", "reader-encoder-tokenizer.json"):
        (tmp_path / name).symlink_to(tmp_path / "gone" / name)
    made = models_folder(ModelStore(PACKAGED), tmp_path, {})
    assert all(link.exists() for link in made.iterdir())
    assert (made / "reader-encoder-tokenizer.json").samefile(PACKAGED / "reader-encoder-tokenizer.json")
