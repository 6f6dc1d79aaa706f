"""What a virtual computer's host keeps is read where the kernel says it, and told where it explains something."""

from pathlib import Path

import pytest

import sayso.cpu_steal as host
from sayso.bench.frame import summarise
from sayso.bench.reliability.timing import T1
from sayso.bench.suites import CellPlan
from sayso.bench.worker import run_episode
from sayso.doctor import computer

TAKEN = ["cpu 100 0 50 800 5 0 5 10 0 0\ncpu0 1", "cpu 160 0 70 900 5 0 5 40 7 7\ncpu0 1"]


@pytest.fixture
def stat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(host, "STAT", tmp_path / "stat")
    return tmp_path / "stat"


def looks(stat: Path, texts: list[str]) -> list[host.Ticks]:
    out = []
    for text in texts:
        stat.write_text(text)
        out.append(host.ticks())
    return out


def test_the_hosts_share_is_of_what_processes_wanted(stat: Path) -> None:
    before, after = looks(stat, TAKEN)
    assert before == (165, 10) and host.kept(before, after) == pytest.approx(30 / 110)
    assert host.kept(before, before) == 0.0


@pytest.mark.parametrize("text", ["", "cpu 1 2 3", "cpu a b c d e f g h"])
def test_where_nobody_says_it_is_nothing(stat: Path, text: str) -> None:
    assert host.ticks() == (0, 0), "no such file"
    assert looks(stat, [text]) == [(0, 0)]


def test_an_episode_that_wants_the_computer_alone_tells_it_and_its_cell_sums_it_up(
    stat: Path,
) -> None:
    stat.write_text(TAKEN[0])

    def episode(seed: int) -> dict[str, bool]:
        stat.write_text(TAKEN[seed])
        return {"ok": True}

    plan = CellPlan("cell", episode, 2, alone=True)
    records = {seed: run_episode(episode, seed, alone=True) for seed in (0, 1)}
    assert [r["host"] for r in records.values()] == [0.0, 0.273]
    assert summarise(plan, records).figures["host kept %"] == {"mean": 13.7, "most": 27.3}
    assert "host" not in run_episode(episode, 0) and "host kept %" not in summarise(plan, {0: {"ok": True}}).figures


def test_the_doctor_names_a_host_that_keeps_the_processors(stat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = {"p50": 0.1, "p99": 30.0, "p100": 90.0}

    def keep_rate(*_: object) -> dict[str, object]:
        stat.write_text(TAKEN[1])
        return {"cycles": 90, "missed": 10, "late": late}

    stat.write_text(TAKEN[0])
    monkeypatch.setattr(computer, "keep_rate", keep_rate)
    found = computer.loop_rate(T1, 100.0, 1.0)
    assert "CPU steal 27 %" in found.text and "priority does not help against CPU steal" in found.todo
    stat.write_text(TAKEN[1])
    assert "host" not in computer.loop_rate(T1, 100.0, 1.0).text
