"""Only ``bench.json`` and packed episodes are kept; a page is drawn again as it was."""

import json
import lzma
from pathlib import Path

import pytest

from sayso.bench.archive import PACKED, draw_pages, pack
from sayso.bench.result import BenchResult, Cell
from sayso.errors import UserError

ROOT = Path(__file__).parents[3]
RESULT = BenchResult(
    "tabletop", "panda", 0, "sayso bench tabletop",
    (Cell("put in / on", 3, 2, {"seconds": {"p50": 7.2}}, (1,), ("seed 1: ValueError: x",)),),
    {"cpu": "a processor"}, {"policy-panda": "sha256:0"},
)  # fmt: skip


def test_a_page_is_drawn_again_from_the_result_alone(tmp_path: Path) -> None:
    file, page = RESULT.write(tmp_path / "tabletop")
    drawn = page.read_bytes()
    page.unlink()
    assert BenchResult.load(file) == RESULT
    assert draw_pages(tmp_path) == [page] and page.read_bytes() == drawn


def test_packed_episodes_are_the_same_lines(tmp_path: Path) -> None:
    (tmp_path / "soak").mkdir()
    lines = "".join(json.dumps({"seed": n}) + "\n" for n in range(20))
    (tmp_path / "soak" / "episodes.jsonl").write_text(lines)
    (made,) = pack(tmp_path)
    assert made.name == PACKED and lzma.decompress(made.read_bytes()).decode() == lines
    assert not (tmp_path / "soak" / "episodes.jsonl").exists() and pack(tmp_path) == []


def test_what_is_no_result_is_named(tmp_path: Path) -> None:
    (tmp_path / "bench.json").write_text("[]")
    with pytest.raises(UserError, match=r"bench\.json is no result of a bench"):
        BenchResult.load(tmp_path / "bench.json")


def test_the_repository_keeps_little_beside_the_results() -> None:
    beside = [file for file in (ROOT / "bench").glob("*/*") if file.suffix == ".xz"]
    assert beside and sum(file.stat().st_size for file in beside) <= 400_000
    assert all(BenchResult.load(file).cells for file in (ROOT / "bench").glob("*/bench.json"))
