"""Runs a suite: episodes in worker processes, saved as they finish, summarized in ``bench.json`` and a page."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sayso.bench.result import FILE_NAME, PAGE_NAME, BenchResult, Cell, machine
from sayso.bench.worker import run_episode
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.process.spawn import interrupts_held
from sayso.outputs import ELSEWHERE, alone_in, check_ours, json_in

if TYPE_CHECKING:
    from sayso.bench.suites import CellPlan, Record

EPISODES_FILE = "episodes.jsonl"
# Replace workers regularly: a physics client slows down after hundreds of worlds.
EPISODES_A_PROCESS = 40
# Workers inherit no threads and no open simulators from this process.
START = "spawn"
Progress = Callable[[str, int, int, float], None]


def run_suite(
    suite: str, arm: str, plans: Sequence[CellPlan], out: Path, *, command: str, episodes: int | None = None,
    seed: int = 0, workers: int = 2, resume: bool = False, progress: Progress = lambda *_: None,
    models: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Run all cells of a suite and leave ``bench.json``, ``bench.html`` and the episodes' records in ``out``.

    Episode i of every cell has seed ``seed + i``, so cells and arms are compared on the same ones, and neither workers
    nor an interruption change the result; ``resume`` goes on with what ``out`` holds. ``models`` are the digests of
    those that are run, by name. An episode that raises counts as failed and is listed as an error. Raises `UserError`
    if ``out`` cannot be used or a process dies.
    """
    with alone_in(out):
        return _run_cells(suite, arm, plans, out, command, episodes, seed, workers, resume, progress, models or {})


def _run_cells(
    suite: str, arm: str, plans: Sequence[CellPlan], out: Path, command: str, episodes: int | None, seed: int,
    workers: int, resume: bool, progress: Progress, models: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    kept = out / EPISODES_FILE
    _check_ours(out, resume)
    done = _begin(kept, {"suite": suite, "arm": arm} | ({"models": dict(models)} if models else {}), resume)
    cells: list[Cell] = []
    for plan in plans:
        seeds = range(seed, seed + (episodes or plan.n))
        records = {s: done[plan.name, s] for s in seeds if (plan.name, s) in done}
        left = [s for s in seeds if s not in records]
        if left and plan.prepare is not None:
            plan.prepare(left)
        with kept.open("a", encoding="utf-8") as file:
            for number, record in _run(plan, left, workers):
                records[number] = record
                file.write(json.dumps({"cell": plan.name, "seed": number, "record": record}, ensure_ascii=False) + "\n")
                file.flush()
                share = sum(bool(r["ok"]) for r in records.values()) / len(records)
                progress(plan.name, len(records), len(seeds), share)
        cells.append(summarise(plan, {s: records[s] for s in seeds}))
        result = BenchResult(suite, arm, seed, command, tuple(cells), machine(), models)
        result.write(out)
    return result.to_json()


def summarise(plan: CellPlan, records: dict[int, Record]) -> Cell:
    """The cell of ``records`` by seed; figures exclude episodes that raised."""
    whole = [record for record in records.values() if "error" not in record]
    failed = tuple(seed for seed, record in records.items() if not record["ok"])
    errors = tuple(f"seed {seed}: {record['error']}" for seed, record in records.items() if "error" in record)
    figures = dict(plan.figures(whole)) if whole else {}
    if shares := [100 * record["host"] for record in records.values() if "host" in record]:
        figures["host kept %"] = {"mean": round(sum(shares) / len(shares), 1), "most": round(max(shares), 1)}
    return Cell(plan.name, len(records), len(records) - len(failed), figures, failed, errors)


def _run(plan: CellPlan, seeds: list[int], workers: int) -> Iterator[tuple[int, Record]]:
    count = 1 if plan.alone else workers
    # Pools end after a batch, for a pool's own way of replacing its processes can hang (CPython issue 115634).
    for start in range(0, len(seeds), count * EPISODES_A_PROCESS):
        yield from _run_batch(plan, seeds[start : start + count * EPISODES_A_PROCESS], count)


def _run_batch(plan: CellPlan, seeds: list[int], workers: int) -> Iterator[tuple[int, Record]]:
    context = multiprocessing.get_context(START)
    pool = ProcessPoolExecutor(min(workers, len(seeds)), context)
    before = set(multiprocessing.active_children())
    try:
        with interrupts_held():
            jobs = {pool.submit(run_episode, plan.episode, seed, plan.alone): seed for seed in seeds}
        for job in as_completed(jobs):
            yield jobs[job], job.result()
    except BrokenProcessPool as error:
        raise UserError(
            f"a process of cell '{plan.name}' died (out of memory?); episodes so far are saved: use --resume"
        ) from error
    except BaseException:
        # After an interruption do not wait for running episodes.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise
    pool.shutdown()


def _check_ours(out: Path, resume: bool) -> None:
    """Raise `UserError` if ``out`` holds files with a bench's names that no bench wrote."""

    def head() -> object:
        try:
            with (out / EPISODES_FILE).open(encoding="utf-8") as file:
                return json.loads(file.readline())
        except (OSError, ValueError):
            return None

    result = json_in(out / FILE_NAME)
    if not resume:
        check_ours([out / EPISODES_FILE], lambda: _has(head(), "suite", "arm"), "the record of a bench")
    check_ours([out / FILE_NAME, out / PAGE_NAME], lambda: _has(result, "suite", "cells"), "what a bench left")


def _has(content: object, *keys: str) -> bool:
    return isinstance(content, dict) and all(key in content for key in keys)


def _begin(kept: Path, head: dict[str, Any], resume: bool) -> dict[tuple[str, int], Record]:
    """The records of an earlier run of the same bench with ``resume``; else start a new file."""
    try:
        text = kept.read_text(encoding="utf-8") if resume and kept.exists() else json.dumps(head) + "\n"
    except (OSError, ValueError) as error:
        raise UserError(f"cannot use {kept}: {getattr(error, 'strerror', None) or error}") from error
    # Drop a line cut off by a kill; its episode runs again.
    whole = text[: text.rfind("\n") + 1]
    try:
        first, *lines = [json.loads(line) for line in whole.splitlines()]
        there = {(line["cell"], line["seed"]): line["record"] for line in lines}
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{kept} is damaged and cannot be resumed; {ELSEWHERE}") from error
    if first != head:
        raise UserError(f"{kept} is of another bench and cannot be resumed; run without --resume or elsewhere")
    write_atomic(kept, whole)
    if not resume:
        for name in (FILE_NAME, PAGE_NAME):
            kept.with_name(name).unlink(missing_ok=True)  # result of an older bench
    return there
