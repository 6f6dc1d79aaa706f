"""Running a suite: episodes in processes of their own, kept as they finish, summed up into ``bench.json`` and a page."""

from __future__ import annotations

import html
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sayso.bench.suites import CellPlan, Record
from sayso.files import write_atomic
from sayso.stats import wilson

Progress = Callable[[str, int, int, float], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell's result: ``rate`` of ``successes`` in ``n`` with Wilson's 95 % interval, and further ``figures``."""

    name: str
    n: int
    successes: int
    rate: float
    low: float
    high: float
    figures: Record

    def to_json(self) -> Record:
        """Flat: the figures beside the rest."""
        out = asdict(self)
        return {**{k: v for k, v in out.items() if k != "figures"}, **out["figures"]}


def summarise(plan: CellPlan, records: list[Record]) -> Cell:
    """The cell of ``records``."""
    good, n = sum(bool(r["ok"]) for r in records), len(records)
    low, high = wilson(good, n)
    return Cell(plan.name, n, good, round(good / max(n, 1), 4), round(low, 4), round(high, 4), plan.figures(records))


def _episode(job: tuple[Callable[[int], Record], int]) -> tuple[int, Record]:
    return job[1], job[0](job[1])


def _run(plan: CellPlan, seeds: list[int], workers: int) -> Iterator[tuple[int, Record]]:
    jobs = [(plan.episode, seed) for seed in seeds]
    # A fresh process now and then: a physics client that has built hundreds of worlds grows slow.
    with multiprocessing.get_context("spawn").Pool(1 if plan.alone else workers, maxtasksperchild=40) as pool:
        yield from pool.imap_unordered(_episode, jobs, chunksize=1)


def run_cell(
    plan: CellPlan, n: int, first_seed: int, workers: int, kept: Path, progress: Progress, resume: bool = False
) -> Cell:
    """Run ``n`` episodes from ``first_seed`` on; ``kept`` holds finished ones, which ``resume`` does not run again."""
    done: dict[int, Record] = {}
    if resume and kept.exists():
        for line in kept.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["cell"] == plan.name and first_seed <= row["seed"] < first_seed + n:
                done[row["seed"]] = row["record"]
    left = [s for s in range(first_seed, first_seed + n) if s not in done]
    with kept.open("a", encoding="utf-8") as file:
        for seed, record in _run(plan, left, workers) if left else ():
            done[seed] = record
            file.write(json.dumps({"cell": plan.name, "seed": seed, "record": record}) + "\n")
            file.flush()
            progress(plan.name, len(done), n, sum(bool(r["ok"]) for r in done.values()) / len(done))
    return summarise(plan, [done[s] for s in sorted(done)])


def run_suite(
    suite: str, arm: str, plans: list[CellPlan], out: Path, *, command: str, episodes: int | None = None,
    seed: int = 0, workers: int = 2, resume: bool = False, progress: Progress = lambda *_: None,
) -> dict[str, Any]:  # fmt: skip
    """Run all cells of a suite and leave bench.json, bench.html and the episodes' records in ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    kept = out / "episodes.jsonl"
    if not resume:
        kept.unlink(missing_ok=True)
    cells = []
    for plan in plans:
        cells.append(run_cell(plan, episodes or plan.n, seed, workers, kept, progress, resume).to_json())
        result = {
            "suite": suite, "arm": arm, "seed": seed, "command": command,
            "machine": {"cores": os.cpu_count()}, "cells": cells,
        }  # fmt: skip
        write_atomic(out / "bench.json", json.dumps(result, indent=1, ensure_ascii=False) + "\n")
        write_atomic(out / "bench.html", page(result))
    return result


def page(result: dict[str, Any]) -> str:
    """The result as a page of its own."""
    rows = []
    for cell in result["cells"]:
        more = {k: v for k, v in cell.items() if k not in ("name", "n", "successes", "rate", "low", "high")}
        bar = f'<i style="left:{100 * cell["low"]:.1f}%;width:{100 * (cell["high"] - cell["low"]):.1f}%"></i>'
        rows.append(
            f"<tr><td>{html.escape(cell['name'])}<td>{cell['n']}<td>{100 * cell['rate']:.1f} %"
            f"<td>{100 * cell['low']:.1f}–{100 * cell['high']:.1f} %<td class=bar><b>{bar}</b>"
            f"<td><small>{html.escape(json.dumps(more, ensure_ascii=False))}</small></tr>"
        )
    title = html.escape(f"{result['suite']} · {result['arm']}")
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>"
        f"<h1>{title}</h1><p><code>{html.escape(result['command'])}</code></p><table><tr><th>cell<th>n<th>rate"
        f"<th>95 % interval<th>0 … 100 %<th>more</tr>{''.join(rows)}</table></html>\n"
    )


_STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.5rem .8rem;border-bottom:1px solid #8884;"
    "vertical-align:top}.bar b{display:block;position:relative;width:12rem;height:.9rem;background:#8882;border-radius:3px;"
    "margin-top:.3rem}.bar i{position:absolute;top:0;bottom:0;min-width:3px;background:#2a7de1;border-radius:3px}"
    "small{color:#888;word-break:break-word}code{background:#8882;padding:.1rem .4rem;border-radius:4px}"
)
