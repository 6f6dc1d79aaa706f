"""How often words become the right answer: held-out sentences about random scenes, answered as read and as meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hardware.types import Pose
from perception.scene import COLORS, KINDS, Scene, SceneObject
from planner.language.composing import compose
from planner.language.corpus import Sample, Style, Writer
from planner.language.labelling import truth
from planner.language.lexicon import PAIRS_TEST
from planner.language.reader import Span
from planner.language.reading import Action, Intent, Reading
from planner.plan import Answer, Plan, Question

SPLITS = {
    "seen": Style(),
    "templates": Style(patterns=1.0),
    "synonyms": Style(words=0.75),
    "pairs": Style(pairs=True),
    "all": Style(patterns=1.0, words=0.5, pairs=True),
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


def random_scene(rng: np.random.Generator, colors: tuple[str, ...] = COLORS) -> Scene:
    """Two to six blocks and up to three bowls apart on a table, seen with some doubt; sometimes one block is held."""
    spots = [(x, y) for x in np.arange(0.3, 0.75, 0.12) for y in np.arange(-0.36, 0.37, 0.18)]
    rng.shuffle(spots)
    kinds = ["block"] * int(rng.integers(2, 7)) + ["bowl"] * int(rng.integers(0, 4))
    held = int(rng.integers(len(kinds))) if rng.random() < 0.08 else -1
    things = []
    for i, (kind, (x, y)) in enumerate(zip(kinds, spots, strict=False)):
        size = np.array([0.04, 0.04, 0.04] if kind == "block" else [0.15, 0.15, 0.055])
        color = colors[int(rng.integers(len(colors)))]
        grasped = i == held and kind == "block"
        height = 0.3 if grasped else size[2] / 2
        things.append(
            SceneObject(
                f"o{i}",
                _seen(KINDS, kind, rng),
                _seen(COLORS, color, rng),
                np.array([x, y, height]),
                size,
                held=grasped,
            )
        )
    holding = next((o.id for o in things if o.held), None)
    return Scene(0.0, tuple(things), Pose(np.array([0.4, 0.0, 0.3]), np.eye(3)), 0.4 if holding else 1.0, holding)


def _seen(names: tuple[str, ...], true: str, rng: np.random.Generator) -> dict[str, float]:
    sure = float(rng.uniform(0.8, 1.0))
    return {n: sure if n == true else (1 - sure) / (len(names) - 1) for n in names}


def trials(
    tokens: Callable[[str], list[Span]], read: Callable[[str], Reading], count: int, seed: int, split: str = "all"
) -> list[Trial]:
    """``count`` sentences that mostly speak of what is there; ``tokens`` gives places of words, ``read`` a reading."""
    rng = np.random.default_rng([seed, list(SPLITS).index(split)])
    out: list[Trial] = []
    intents = {Intent.UNSAFE: 0.06, Intent.UNABLE: 0.05, Intent.CHAT: 0.05}
    while len(out) < count:
        style = SPLITS[split]
        pair = tuple(sorted(PAIRS_TEST, key=sorted)[int(rng.integers(len(PAIRS_TEST)))]) if style.pairs else COLORS
        scene = random_scene(rng, tuple(sorted(pair)))
        things = tuple((o.kind, o.color) for o in scene.objects) if rng.random() < 0.9 else ()
        style = Style(style.patterns, style.words, style.pairs, 0.0, things)
        draw, intent = rng.random(), Intent.TASK
        for other, share in intents.items():
            if 0 <= draw < share:
                intent = other
            draw -= share
        sample = Writer(rng, style).write(intent)
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
