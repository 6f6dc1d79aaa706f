"""How often words become the right answer: held-out sentences about random scenes, answered as read and as meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sayso.hardware.types import Pose
from sayso.perception.scene import COLORS, KINDS, Scene, SceneObject
from sayso.planner.language.plan_builder import compose
from sayso.planner.language.reader import Span
from sayso.planner.language.reading import Action, Intent, Reading
from sayso.planner.language.training.corpus import Sample, Writer
from sayso.planner.language.training.labelling import truth
from sayso.planner.language.training.lexicon import PAIRS_TEST
from sayso.planner.language.training.topics import Style
from sayso.planner.plan import Answer, Plan, Question

INTENTS = tuple(Intent)
SPLITS = {
    "seen": Style(typos=0.0),
    "templates": Style(patterns=1.0, typos=0.0),
    "synonyms": Style(words=0.75, typos=0.0),
    "pairs": Style(pairs=True, typos=0.0),
    "all": Style(patterns=1.0, words=0.5, pairs=True, typos=0.0),
}
"""What of a test sentence training has never seen: nothing, its patterns, its words, its pairs of colours, all."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One sentence on one scene: the answer to its marks and the one to its words."""

    split: str
    category: str
    text: str
    right: Answer
    given: Answer

    @property
    def exact(self) -> bool:
        """The same steps, the same options of a question, or a refusal for a refusal."""
        if isinstance(self.right, Plan) or isinstance(self.given, Plan):
            return self.right == self.given
        if isinstance(self.right, Question) and isinstance(self.given, Question):
            return self.right.options == self.given.options
        return type(self.right) is type(self.given)


def random_scene(rng: np.random.Generator) -> Scene:
    """Two to six blocks and up to three bowls apart on a table, seen with some doubt; sometimes one block is held.

    In five of six scenes no two of a kind have one colour.
    """
    spots = [(x, y) for x in np.arange(0.3, 0.75, 0.12) for y in np.arange(-0.36, 0.37, 0.18)]
    rng.shuffle(spots)
    blocks, bowls = int(rng.integers(2, 7)), int(rng.integers(0, 4))
    twins = rng.random() < 1 / 6
    colors = [str(c) for n in (blocks, bowls) for c in rng.choice(COLORS, n, replace=twins)]
    held = int(rng.integers(blocks)) if rng.random() < 0.08 else -1
    things = []
    for i, (color, (x, y)) in enumerate(zip(colors, spots, strict=False)):
        kind = "block" if i < blocks else "bowl"
        size = np.array([0.04, 0.04, 0.04] if kind == "block" else [0.15, 0.15, 0.055])
        place = np.array([x, y, 0.3 if i == held else size[2] / 2])
        things.append(
            SceneObject(f"o{i}", _seen(KINDS, kind, rng), _seen(COLORS, color, rng), place, size, held=i == held)
        )
    holding = f"o{held}" if held >= 0 else None
    return Scene(0.0, tuple(things), Pose(np.array([0.4, 0.0, 0.3]), np.eye(3)), 0.4 if holding else 1.0, holding)


def _seen(names: tuple[str, ...], true: str, rng: np.random.Generator) -> dict[str, float]:
    sure = float(rng.uniform(0.8, 1.0))
    return {n: sure if n == true else (1 - sure) / (len(names) - 1) for n in names}


def trials(
    tokens: Callable[[str], list[Span]], read: Callable[[str], Reading], count: int, seed: int, split: str = "all"
) -> list[Trial]:
    """``count`` sentences that mostly speak of what is there; ``tokens`` gives places of words, ``read`` a reading.

    In the split "pairs" every sentence has two colours that training keeps apart.
    """
    rng = np.random.default_rng([seed, list(SPLITS).index(split)])
    out: list[Trial] = []
    while len(out) < count:
        scene = random_scene(rng)
        things = tuple((o.kind, o.color) for o in scene.objects) if rng.random() < 0.9 else ()
        writer = Writer(rng, replace(SPLITS[split], things=things))
        sample = writer.write(INTENTS[int(rng.choice(len(INTENTS), p=[0.84, 0.06, 0.05, 0.05]))])
        if split == "pairs" and not any(pair <= writer.topics.colors for pair in PAIRS_TEST):
            continue
        right = compose(truth(sample, tokens(sample.text)), scene)
        out.append(Trial(split, category(sample), sample.text, right, compose(read(sample.text), scene)))
    return out


def category(sample: Sample) -> str:
    """The row of the table that a sentence belongs in."""
    if sample.intent is not Intent.TASK:
        return str(sample.intent)
    actions = [c.action for c in sample.clauses if c.action is not Action.FORBID]
    return (
        str(actions[0]) if len(actions) == 1 else f"{min(len(actions), 3)} clauses" + ("+" if len(actions) > 2 else "")
    )
