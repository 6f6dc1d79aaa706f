"""Packs a bench's episodes for the repository beside ``bench.json``, and redraws the pages from both.

``python -m sayso.bench.archive`` packs every ``bench/SUITE/episodes.jsonl``; ``--pages`` draws the pages.
"""

from __future__ import annotations

import argparse
import lzma
from pathlib import Path

from sayso.bench.frame import EPISODES_FILE
from sayso.bench.result import FILE_NAME, PAGE_NAME, BenchResult
from sayso.files import write_atomic

PACKED = f"{EPISODES_FILE}.xz"
# Text has no alignment, so that position bits only cost.
FILTERS = ({"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "pb": 0},)


def pack(folder: Path) -> list[Path]:
    """Pack the episodes below ``folder`` and return the files made; the same episodes give the same bytes."""
    made = []
    for file in sorted(folder.glob(f"*/{EPISODES_FILE}")):
        packed = lzma.compress(file.read_bytes(), filters=FILTERS)
        made.append(write_atomic(file.with_name(PACKED), packed))
        file.unlink()
    return made


def draw_pages(folder: Path) -> list[Path]:
    """Write each page below ``folder`` anew from its ``bench.json`` and return the pages."""
    results = sorted(folder.glob(f"*/{FILE_NAME}"))
    return [write_atomic(file.with_name(PAGE_NAME), BenchResult.load(file).html()) for file in results]


def main() -> None:
    """Pack, or draw the pages, and name each file."""
    parser = argparse.ArgumentParser(prog="python -m sayso.bench.archive", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("bench"), help="where the suites' folders are")
    parser.add_argument("--pages", action="store_true", help="draw bench.html beside each bench.json instead")
    arguments = parser.parse_args()
    for path in draw_pages(arguments.folder) if arguments.pages else pack(arguments.folder):
        print(path)


if __name__ == "__main__":
    main()
