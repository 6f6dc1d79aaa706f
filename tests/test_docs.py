"""The Python in the README and the guides runs as it stands, links lead somewhere, and commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sayso.cli import COMMANDS
from sayso.sim.scenes.palette import COLORS, KINDS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = [page for page in PAGES if "```python" in page.read_text()]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_the_examples_run(page: Path) -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", page.read_text(), re.S))
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_exist(page: Path) -> None:
    text = page.read_text()
    links = [page.parent / link for link in re.findall(r"\]\((?!https?:)([^)#]+)", text)]
    paths = [
        ROOT / path for path in re.findall(r"`((?:hardware|sim|perception|skills|planner|sayso|tests)/[\w./]*)`", text)
    ]
    missing = [str(path) for path in links + paths if not path.exists()]
    assert not missing, missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    named = re.findall(r"(?:^|[`(] *)sayso ([a-z][a-z-]+)", page.read_text(), re.M)
    assert set(named) <= set(COMMANDS), sorted(set(named) - set(COMMANDS))


def test_the_readme_is_short_and_its_picture_small() -> None:
    assert len(README.read_bytes()) <= 8_000
    (picture,) = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README.read_text())
    assert (ROOT / picture).stat().st_size <= 2_000_000


def test_the_readme_says_how_little_the_models_know() -> None:
    words = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 10: "ten", 11: "eleven", 12: "twelve"}
    claim = f"{words[len(KINDS)]} kinds of object ({', '.join(KINDS)}), {words[len(COLORS)]} colors"
    assert claim in README.read_text(), claim


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs/index.md").read_text()
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert pages <= set(re.findall(r"\]\(([\w-]+\.md)", index))


@pytest.mark.parametrize("page", [p for p in PAGES if p != README], ids=lambda page: page.name)
def test_a_page_begins_with_its_purpose(page: Path) -> None:
    title, first, *_ = page.read_text().split("\n\n")
    assert re.fullmatch(r"# [^\n]+", title) and re.match(r"[A-Z]", first), first


def test_the_architecture_counts_the_files_that_it_names() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    ways = re.findall(r"^### [^\n]*: (\d+) rooms\n(.*?)(?=^##|\Z)", page, re.M | re.S)
    # Frame in simulation, frame on a real arm, sentence, instruction: a change that needs more has to say why.
    assert [int(rooms) <= most for (rooms, _), most in zip(ways, (10, 12, 8, 7), strict=True)] == [True] * 4
    for rooms, way in ways:
        numbers = [int(n) for n in re.findall(r"^(\d+)\. `[\w/]+\.py`", way, re.M)]
        for first, last in re.findall(r"^Rooms (\d+) to (\d+) are", way, re.M):
            numbers += range(int(first), int(last) + 1)
        assert sorted(numbers) == list(range(1, int(rooms) + 1)), way
    files = re.findall(r"`([\w/]+\.py)`", page)
    missing = [name for name in files if not (ROOT / name).is_file()]
    assert len(files) > 30 and not missing, missing
    assert len(page.encode()) <= 8_000
