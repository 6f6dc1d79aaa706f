"""A bench is the same whatever ran it and however often it was interrupted, and it hides no error."""

import json
import multiprocessing
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sayso.bench.frame import run_suite, summarise
from sayso.bench.suites import CellPlan
from sayso.errors import UserError
from sayso.outputs import alone_in
from sayso.stats import wilson
from tests.sayso.bench import episodes


def seconds(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"seconds": max(r["seconds"] for r in records)}


def bench(folder: Path, *plans: CellPlan, **more: Any) -> dict[str, Any]:
    return run_suite("coins", "panda", plans, folder, command="sayso bench coins", **more)


@pytest.fixture(autouse=True)
def quick_start(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Processes forked from a server that has loaded everything start at once; one test uses what users get."""
    if "page" not in request.node.name:
        multiprocessing.set_forkserver_preload([episodes.__name__, "sayso.bench.worker"])
        monkeypatch.setattr("sayso.bench.frame.START", "forkserver")


COINS = CellPlan("coins", episodes.coin, 9, seconds)


def test_the_result_and_its_page(tmp_path: Path) -> None:
    told: list[tuple[str, int, int, float]] = []
    result = bench(
        tmp_path, COINS, CellPlan("more <coins>", episodes.coin, 4), workers=2, progress=lambda *a: told.append(a)
    )
    assert json.loads((tmp_path / "bench.json").read_text()) == result
    low, high = wilson(6, 9)
    assert {k: result[k] for k in ("suite", "arm", "seed", "command")} == {
        "suite": "coins", "arm": "panda", "seed": 0, "command": "sayso bench coins",
    }  # fmt: skip
    assert result["cells"][0] == {
        "name": "coins", "n": 9, "successes": 6, "rate": round(6 / 9, 5), "low": round(low, 5), "high": round(high, 5),
        "seconds": 0.8, "failed_seeds": [0, 3, 6], "errors": [],
    }  # fmt: skip
    assert told[-1] == ("more <coins>", 4, 4, 0.5) and len(told) == 13
    page = (tmp_path / "bench.html").read_text()
    assert "more &lt;coins&gt;" in page and "66.7 %" in page and "http" not in page
    assert str(Path.home()) not in (tmp_path / "bench.json").read_text()


def test_workers_do_not_change_the_result_and_the_seed_does(tmp_path: Path) -> None:
    one = bench(tmp_path / "a", COINS, workers=1, seed=5)
    assert bench(tmp_path / "b", COINS, workers=3, seed=5) == one
    assert one["cells"][0]["failed_seeds"] == [6, 9, 12]


def test_an_interrupted_bench_goes_on_where_it_stopped(tmp_path: Path) -> None:
    plan = CellPlan("coins", partial(episodes.counted, str(tmp_path)), 6, seconds)
    whole = bench(tmp_path / "whole", plan)
    kept = tmp_path / "cut" / "episodes.jsonl"
    kept.parent.mkdir()
    # Killed while it wrote the fourth record.
    kept.write_text(
        "".join((tmp_path / "whole" / kept.name).read_text().splitlines(keepends=True)[:4]) + '{"cell": "co'
    )
    assert bench(tmp_path / "cut", plan, resume=True) == whole
    assert sorted(len(p.read_text()) for p in tmp_path.glob("ran-*")) == [1, 1, 1, 2, 2, 2]
    assert bench(tmp_path / "cut", plan, resume=True) == whole, "nothing is left to do"
    assert bench(tmp_path / "cut", plan, resume=True, episodes=8)["cells"][0]["n"] == 8


def test_without_resume_a_bench_begins_anew(tmp_path: Path) -> None:
    plan = CellPlan("coins", partial(episodes.counted, str(tmp_path)), 2, seconds)
    bench(tmp_path / "out", plan)
    bench(tmp_path / "out", plan)
    assert [len(p.read_text()) for p in tmp_path.glob("ran-*")] == [2, 2]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('{"suite": "dice", "arm": "panda"}\n', "of another bench"),
        ("[]\n", "of another bench"),
        ("{\n", "is damaged"),
        ('{"suite": "coins", "arm": "panda"}\n{"cell": 1}\n', "is damaged"),
    ],
)
def test_what_cannot_be_resumed_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "episodes.jsonl").write_text(text)
    with pytest.raises(UserError, match=wrong):
        bench(tmp_path, COINS, resume=True)


def test_an_episode_that_raises_is_a_failure_and_an_error(tmp_path: Path) -> None:
    cell = bench(tmp_path, CellPlan("stumbling", episodes.stumbling, 6, seconds))["cells"][0]
    assert cell["n"] == 6 and cell["failed_seeds"] == [0, 1, 3, 5] and cell["seconds"] == 0.4
    assert [e.partition(" (")[0] for e in cell["errors"]] == [f"seed {s}: ZeroDivisionError: no way" for s in (1, 5)]
    assert "ZeroDivisionError" in (tmp_path / "bench.html").read_text()
    only = summarise(CellPlan("x", episodes.coin, 1, seconds), {0: {"ok": False, "error": "e"}})
    assert (only.n, only.successes, only.figures) == (1, 0, {}), "figures of no records are not asked for"


def test_a_missing_model_ends_the_bench_at_once(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the model is missing"):
        bench(tmp_path, CellPlan("refused", episodes.refused, 3))
    assert not (tmp_path / "bench.json").exists()


def test_a_process_that_dies_is_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cell 'dying' died .* --resume"):
        bench(tmp_path, COINS, CellPlan("dying", episodes.dying, 2))
    assert len((tmp_path / "episodes.jsonl").read_text().splitlines()) == 10
    assert [c["name"] for c in json.loads((tmp_path / "bench.json").read_text())["cells"]] == ["coins"]


def test_an_interruption_waits_for_nobody(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench(tmp_path, CellPlan("slow", episodes.slow, 3), workers=1, progress=interrupt)
    assert len((tmp_path / "episodes.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("name", ["episodes.jsonl", "bench.json", "bench.html"])
def test_a_file_of_the_user_s_own_is_never_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"mine": 1}\nno newline')
    for resume in (False, True):
        with pytest.raises(UserError, match=rf"{name} is (not|of another bench|damaged)"):
            bench(tmp_path, COINS, resume=resume)
    assert (tmp_path / name).read_text() == '{"mine": 1}\nno newline'
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_two_benches_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with alone_in(tmp_path), pytest.raises(UserError, match="another program is writing into"):
        bench(tmp_path, COINS)
    assert list(tmp_path.iterdir()) == []


def test_no_older_result_stands_beside_a_bench_that_was_interrupted(tmp_path: Path) -> None:
    bench(tmp_path, COINS)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench(tmp_path, CellPlan("slow", episodes.slow, 3), workers=1, progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["episodes.jsonl"]
