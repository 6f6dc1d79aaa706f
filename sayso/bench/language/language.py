"""Sentences by people who saw neither code nor model: what the robot takes each to mean.

Three verdicts: *right* when the meaning is that of the sentence's writer, *wrong* when the robot would act, or go on,
otherwise than the person ordered, else *asked*: it asks, or does nothing where it should do something.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from sayso.bench.language.obeyed import Effect, corrected, planned
from sayso.errors import UserError
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.corrections.text import is_stop
from sayso.planner.local import LocalPlanner
from sayso.planner.reader.model import Reader
from sayso.planner.reader.training.pairs import Pair, load
from sayso.planner.reader.understanding import settled
from sayso.planner.task.canonical import canonical
from sayso.planner.task.text import write
from sayso.planner.task.values import (
    Answer,
    Ask,
    Harm,
    Name,
    Remark,
    Reply,
    Rule,
    Stop,
    Unable,
    Unclear,
    Utterance,
    Wait,
    Whether,
)  # fmt: skip
from sayso.stats import wilson

FOLDER = Path(__file__).parent / "sentences" / "language"
Verdict = Literal["right", "asked", "wrong"]
WAYS: dict[str, tuple[Verdict, ...]] = {"not wrong": ("right", "asked"), "right": ("right",)}
LIMITED = "instruction-limited"
_LIMITS = ("negated", "forbidden-while", "conditional", "reported")
"""The classes of `LIMITED`, of which nothing may be carried out against its meaning."""
_IDLE = (Ask, Whether, Name, Remark, Rule, Unable, Unclear, Harm, Wait)


@cache
def sentences(folder: Path = FOLDER) -> tuple[Pair, ...]:
    """The frozen sentences. Raises `UserError` for a folder that holds none or holds something else."""
    try:
        found = tuple(pair for file in sorted(folder.glob("*.jsonl")) for pair in load(file))
    except (OSError, ValueError) as error:
        raise UserError(f"{folder} holds no sentences: {error}") from error
    if not found:
        raise UserError(f"{folder} holds no sentences: no file *.jsonl")
    return found


def acts(meaning: Utterance) -> bool:
    """Whether the robot does anything for ``meaning``, or goes on."""
    if isinstance(meaning, Answer):
        return meaning.reply not in (Reply.UNSURE, Reply.NONE, Reply.NO)
    return not isinstance(meaning, (*_IDLE, Stop))


def verdict(meant: Utterance, taken: Utterance | None) -> Verdict:
    """The verdict on a sentence that means ``meant`` and was taken for ``taken``; None: the robot asks."""
    meant = canonical(meant)
    if taken == meant:
        return "right"
    if isinstance(meant, Stop) and not isinstance(taken, Stop):
        return "wrong"  # the arm goes on where it should stop
    if taken is None:
        return "right" if isinstance(meant, Unclear) else "asked"
    if acts(taken):
        return "wrong"
    if isinstance(taken, Remark | Name) and isinstance(meant, Rule):
        return "wrong"  # what was forbidden is forgotten
    return "asked"


@cache
def _product(models: Path) -> tuple[LocalPlanner, CorrectionReader]:
    planner = LocalPlanner(models)
    return planner, CorrectionReader(planner.reader)


def judge_product(pair: Pair, models: Path) -> dict[str, Any]:
    """The verdict on what the whole product does for a sentence, on the scene that its writer saw."""
    planner, reader = _product(models)
    moving = pair.context.doing is not None or pair.group.startswith("correction")
    meant, given = corrected(pair, planner, reader) if moving else planned(pair, planner)
    found = seen(meant, given)
    return {
        "ok": found == "right",
        "verdict": found,
        "text": pair.said,
        "meant": write(pair.meaning),
        "taken": f"{given.kind} {given.what or ''}".strip(),
    }


def seen(meant: Effect, given: Effect) -> Verdict:
    """The verdict on what a person sees where they meant something."""
    if meant.same(given):
        return "right"
    if meant.kind == "stop":
        return "wrong"  # the arm goes on where it should stop
    if given.kind in ("ask", "stop"):
        return "asked"
    if given.kind == "on":
        return "right" if meant.kind == "ask" else "asked"
    return "wrong"


@cache
def _reader(models: Path) -> Reader:
    return Reader(models)


def judge(pair: Pair, models: Path) -> dict[str, Any]:
    """The verdict on one sentence and what it was taken for."""
    taken: Utterance | None
    if pair.context.doing is not None and is_stop(pair.said):
        taken = Stop()
    else:
        try:
            taken = settled(pair.said, _reader(models).read(pair.said, pair.context))
        except ValueError:
            taken = None
    given = verdict(pair.meaning, taken)
    told = write(taken) if taken is not None else "a question"
    return {"ok": given == "right", "verdict": given, "text": pair.said, "meant": write(pair.meaning), "taken": told}


def figures(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts of wrong (with Wilson interval and sentences) and of needlessly asked sentences."""
    wrong = [r for r in records if r["verdict"] == "wrong"]
    asked = [r for r in records if r["verdict"] == "asked"]
    low, high = wilson(len(wrong), len(records))
    return {
        "confidently wrong": {"n": len(wrong), "low": round(low, 4), "high": round(high, 4)},
        "asked or refused": len(asked),
        "wrong": [f"{r['text']} → {r['taken']}" for r in wrong],
    }


def cells(models: Path) -> list[tuple[str, Callable[[int], dict[str, Any]], int]]:
    """Name, episode and number of sentences of each cell: the product, then the reader by itself, then each class."""
    groups = ["instruction", "correction", LIMITED, *dict.fromkeys(pair.group for pair in sentences())]
    return [
        (f"{who}: {group}, {way}", partial(_episode, group, models, judged, verdicts), len(_of(group)))
        for who, judged in (("product", judge_product), ("reader", judge))
        for way, verdicts in WAYS.items()
        for group in groups
        if who == "product" or group != LIMITED
    ]


def _of(group: str) -> list[Pair]:
    if group == LIMITED:
        return [pair for pair in sentences() if pair.group in {f"instruction-{name}" for name in _LIMITS}]
    return [pair for pair in sentences() if pair.group == group or pair.group.startswith(f"{group}-")]


def _episode(
    group: str, models: Path, judged: Callable[[Pair, Path], dict[str, Any]], verdicts: tuple[Verdict, ...], number: int
) -> dict[str, Any]:
    pairs = _of(group)
    record = judged(pairs[number % len(pairs)], models)
    return record | {"ok": record["verdict"] in verdicts}
