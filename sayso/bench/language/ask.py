"""How much the robot asks: a curve over its setting, a conformal set beside it, and what comes of the questions.

The sentences are those of the language suite, on true scenes and without physics. Ambiguous and impossible ones are the
same sentences on scenes where what they mean fits several things, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from sayso.bench.language.conformal import LEVELS, conformal
from sayso.bench.language.language import Verdict, sentences
from sayso.bench.language.negated import SCENE
from sayso.bench.language.scripted_answer import offered, spoken
from sayso.bench.language.writers_scenes import scenes
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.model_store import ModelStore
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.dialogue.answers import AnswerReader
from sayso.planner.dialogue.words import Made
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Answer, Plan, Question
from sayso.planner.reader.asking import Asking
from sayso.planner.reader.beam import BEAM, Meaning
from sayso.planner.reader.deciding import LIMITED, ends
from sayso.planner.reader.model import Reader
from sayso.planner.reader.source import Context
from sayso.planner.reader.training.pairs import Pair
from sayso.planner.task.inside import values_in
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import Called, Task
from sayso.stats import wilson

CAUTIONS = (-1.0, -0.8, -0.6, -0.5, -0.4, -0.2, 0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
FOLDER = Path(__file__).parent / "sentences" / "ask"
ROUNDS = 3
"""Most questions that are answered for one instruction."""
Way = tuple[tuple[object, ...], ...]
"""What an answer does: its steps, () for none."""


class _Reader(Reader):
    """Reads a sentence once, whatever the number of settings."""

    @lru_cache(maxsize=16)  # noqa: B019 - one reader a process
    def read(self, said: str, context: Context | None = None, beam: int = BEAM) -> tuple[Meaning, ...]:
        """See `Reader.read`."""
        return super().read(said, context, beam)


@cache
def _planner(models: Path) -> LocalPlanner:
    return LocalPlanner(models, _Reader(models))


def instructions() -> list[tuple[Pair, Scene]]:
    """The frozen instructions to an idle arm that need nothing said before, each with the scene that its writer saw."""
    return [
        (pair, SCENE if (n := getattr(pair, "scene", None)) is None else scenes()[n])
        for pair in sentences()
        if pair.group.startswith("instruction") and pair.context == Context()
    ]


def way(answer: Answer | None) -> Way:
    """What the robot does for ``answer``."""
    return tuple(ends(answer.subtasks)) if isinstance(answer, Plan) else ()


def verdict(wanted: Way, got: Way) -> Verdict:
    """Right if the steps are those that are wanted, asked if there are none, else wrong."""
    return "right" if got == wanted else "wrong" if got else "asked"


def judge(models: Path, number: int) -> dict[str, Any]:
    """The verdict on an instruction at every setting, and the probability of everything that its meanings come to."""
    told = instructions()
    pair, scene = told[number % len(told)]
    planner = _planner(models)
    wanted = way(planner.plan(write(pair.meaning), scene)) if isinstance(pair.meaning, Task) else ()
    verdicts = {}
    for caution in CAUTIONS:
        planner.asking = Asking(caution)
        verdicts[f"{caution:g}"] = verdict(wanted, way(planner.plan(pair.said, scene)))
    planner.asking = Asking()
    ways: dict[Way, float] = {}
    for meaning in planner.reader.read(pair.said):
        task = meaning.value
        what = way(planner.plan(write(task), scene)) if isinstance(task, Task) else ()
        ways[what] = ways.get(what, 0.0) + meaning.probability
    return {
        "ok": verdicts["0"] != "wrong",
        "text": pair.said,
        "verdicts": verdicts,
        "options": [[round(p, 4), what == wanted, bool(what)] for what, p in sorted(ways.items(), key=lambda o: -o[1])],
    }


def figures(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The curve over the settings, and the conformal set's at several levels."""
    n = len(records)
    curve = []
    for caution in records[0]["verdicts"]:
        given = [r["verdicts"][caution] for r in records]
        shares = {f"{what} %": round(100 * given.count(what) / n, 2) for what in ("asked", "wrong", "right")}
        curve.append({"caution": float(caution)} | shares)
    halves = [[r["options"] for r in records[i::2]] for i in (0, 1)]
    sets = [conformal(halves[0], halves[1], level).to_json() for level in LEVELS] if n > 1 else []
    return {"curve": curve, "conformal": sets}


class Puzzle(BaseModel):
    """A sentence on a scene where the task that it means fits several things, or nothing."""

    model_config = ConfigDict(extra="forbid")
    said: str
    task: str
    scene: int


@cache
def puzzles(name: str) -> tuple[Puzzle, ...]:
    """The frozen ``ambiguous`` or ``impossible`` sentences. Raises `UserError` if there are none."""
    file = FOLDER / f"{name}.jsonl"
    try:
        return tuple(Puzzle.model_validate_json(line) for line in file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise UserError(f"{file} holds no sentences: {error}") from error


def puzzling(task: str, scene: Scene, planner: LocalPlanner) -> str:
    """Whether the ``task`` is "ambiguous" (so that an answer settles it) or "impossible" on ``scene``, else ""."""
    found = planner.plan(task, scene)
    if not isinstance(found, Question) or not found.answers:
        return ""
    if found.text.startswith("Which "):
        return "ambiguous" if all(way(planner.plan(one, scene)) for one in found.answers) else ""
    return "impossible" if found.text.startswith("I see no ") else ""


def freeze(models: Path) -> None:
    """Write for each instruction the first scene after its own on which it is ambiguous, and on which impossible."""
    planner, numbers = _planner(models), range(len(scenes()))
    found: dict[str, list[Puzzle]] = {"ambiguous": [], "impossible": []}
    for pair, _ in instructions():
        task, own = write(pair.meaning), getattr(pair, "scene", None) or 0
        if not isinstance(pair.meaning, Task) or any(isinstance(v, LIMITED) for v in values_in(pair.meaning)):
            continue
        kinds = {number: puzzling(task, scenes()[number], planner) for number in numbers}
        for kind, out in found.items():
            later = [n for n in (*numbers[own + 1 :], *numbers[:own]) if kinds[n] == kind]
            out += [Puzzle(said=pair.said, task=task, scene=later[0])] if later else []
    for kind, out in found.items():
        lines = "".join(puzzle.model_dump_json() + "\n" for puzzle in out)
        write_atomic(FOLDER / f"{kind}.jsonl", lines)


def judge_puzzle(name: str, models: Path, number: int) -> dict[str, Any]:
    """Whether the robot does nothing yet for an ambiguous or impossible instruction."""
    found = puzzles(name)
    puzzle = found[number % len(found)]
    answer = _planner(models).plan(puzzle.said, scenes()[puzzle.scene])
    return {"ok": not way(answer), "text": puzzle.said, "did": str(answer)}


def judge_answer(models: Path, number: int) -> dict[str, Any]:
    """Whether an ambiguous instruction, asked about and answered in words, ends in the steps that were meant.

    "asked" says whether it came to a question at all; without one the instruction counts as failed, unless what it
    means is clear on its scene.
    """
    found = puzzles("ambiguous")
    puzzle = found[number % len(found)]
    planner, scene = _planner(models), scenes()[puzzle.scene]
    meant = planner.plan(puzzle.task, scene)
    if not isinstance(meant, Question):  # clear by now, so that nothing is to be answered
        did = planner.plan(puzzle.said, scene)
        return {"ok": way(did) == way(meant), "asked": False, "talk": [puzzle.said], "did": str(did)}
    chosen = meant.answers[number % len(meant.answers)]
    wanted = way(planner.plan(chosen, scene))
    thing = _chosen(chosen, meant.answers, scene)
    instruction: str | None = puzzle.said
    talk: list[str] = [puzzle.said]
    answer: Answer = meant
    for _ in range(ROUNDS):
        if instruction is None:
            break
        answer = planner.plan(instruction, scene)
        if not isinstance(answer, Question):
            break
        fits = [way(planner.plan(task, scene)) == wanted for task in answer.answers if task]
        if any(fits) and not offered(answer, scene):
            words = answer.options[fits.index(True)]
        else:
            words = spoken(thing, answer, scene, number)
        talk += [answer.text, words]
        made = AnswerReader(planner.reader).read(words, answer, instruction, scene)
        instruction = made.instruction if isinstance(made, Made) else None
    return {"ok": bool(wanted) and way(answer) == wanted, "asked": len(talk) > 1, "talk": talk, "did": str(answer)}


def _chosen(task: str, others: Sequence[str], scene: Scene) -> SceneObject:
    """The thing by whose name ``task`` differs from the ``others``."""

    def called(told: Sequence[str]) -> set[str]:
        return {v.name for one in told for v in values_in(parse(one)) if isinstance(v, Called)}

    mine = called([task]) - called([other for other in others if other != task])
    return next(o for o in scene.objects if o.id in mine)


def talks(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many came to a question, how many of these succeeded, and the talks that failed."""
    asked = [r for r in records if r["asked"]]
    done = sum(r["ok"] for r in asked)
    low, high = wilson(done, len(asked))
    return {
        "asked": len(asked),
        "of these done": {"n": done, "low": round(low, 4), "high": round(high, 4)},
        "failed": [" / ".join([*r["talk"], r["did"]]) for r in records if not r["ok"]],
    }


def acted(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sentences for which the robot acted."""
    return {"acted": [f"{r['text']} → {r['did']}" for r in records if not r["ok"]]}


def cells(models: Path) -> list[tuple[str, Callable[[int], dict[str, Any]], int, Callable[..., dict[str, Any]]]]:
    """Name, episode, number of instructions and figures of each cell."""
    several, none = len(puzzles("ambiguous")), len(puzzles("impossible"))
    return [
        ("instructions, usual setting: not wrong", partial(judge, models), len(instructions()), figures),
        ("ambiguous: asks or refuses", partial(judge_puzzle, "ambiguous", models), several, acted),
        ("impossible: asks or refuses", partial(judge_puzzle, "impossible", models), none, acted),
        ("answered: goes on and succeeds", partial(judge_answer, models), several, talks),
    ]


if __name__ == "__main__":
    freeze(ModelStore().root)
