"""The Python in the guides runs as it stands, and their links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
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
