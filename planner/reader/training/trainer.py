"""Trains the reader on pairs written by hand and their variations; an interrupted training goes on where it was."""

from __future__ import annotations

import contextlib
import json
import math
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from sayso.planner.reader.model import Reader
from sayso.planner.reader.source import MAX_SOURCE, words_in
from sayso.planner.reader.training.bert import load_encoder
from sayso.planner.reader.training.examples import Batch, batches, vocabulary_of
from sayso.planner.reader.training.network import EACH, HEADS, LAYERS, Reading, Writing
from sayso.planner.reader.training.pairs import FOLDER, HELD, LATER, Pair, load
from sayso.planner.reader.training.start import begin_with, card_of
from sayso.planner.reader.training.variation import Variation
from sayso.planner.reader.vocabulary import Vocabulary
from sayso.planner.task.canonical import canonical
from sayso.planner.task.grammar import slots

BATCH = 32
DEVELOPMENT, AGAIN = 25, 2
BASE = "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), fine-tuned, int8"
WARM_UP, DECAY, AVERAGED = 0.06, 0.05, 0.998
FROZEN = 2
"""Layers of the encoder, besides its embeddings, that stay as they are."""


@dataclass(frozen=True, slots=True)
class Course:
    """How long a training lasts and the rates that it rises to."""

    epochs: int
    rate: float
    encoder_rate: float


FROM_NOTHING, ONWARD = Course(13, 6e-4, 1e-4), Course(4, 4e-4, 6e-5)


class Network(nn.Module):
    """Both halves."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        encoder, _ = load_encoder(MAX_SOURCE)
        self.reading = Reading(encoder)
        self.writing = Writing(vocabulary.size, len(slots()))

    def forward(self, batch: Batch) -> Tensor:
        """The mean negative log-likelihood of the right tokens."""
        keys, values, bias, states = self.reading(batch.ids, batch.segments, batch.mask)
        copies = torch.gather(states, 1, batch.heads.unsqueeze(-1).expand(-1, -1, states.shape[-1]))
        count, steps = batch.before.shape
        past = torch.zeros(LAYERS, count, HEADS, 0, EACH, dtype=keys.dtype)
        own = torch.full((steps, steps), -1e4).triu(1)[None, None]
        scores, _, _ = self.writing(
            batch.before, batch.slots, torch.arange(steps), copies, past, past, own, keys, values, bias
        )
        scores = scores.float()
        right = scores.masked_fill(~batch.right, -1e9).logsumexp(-1)
        return (
            (scores.masked_fill(~batch.allowed, -1e9).logsumexp(-1) - right) * batch.weight
        ).sum() / batch.weight.sum()


def fit(
    pairs: Sequence[Pair], work: Path, course: Course = FROM_NOTHING, seed: int = 0, log: Callable[[str], None] = print,
    start: Path | None = None, known: Sequence[Pair] = (),
) -> tuple[Network, Vocabulary, Tokenizer]:  # fmt: skip
    """The trained network; ``work`` holds the state from which an interrupted training goes on.

    ``start`` is the folder of a reader to begin with, None: with nothing. Of the pairs that this reader has ``known``
    each epoch repeats another third, lest they be forgotten.
    """
    torch.manual_seed(seed)
    work.mkdir(parents=True, exist_ok=True)
    before = card_of(start).words if start is not None else ()
    vocabulary = _vocabulary(work / "vocabulary.json", [*known, *pairs], before)
    network = Network(vocabulary)
    if start is not None:
        begin_with(network, vocabulary, start)
    _, path = load_encoder()
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    encoder = network.reading.encoder
    still = [encoder.words, encoder.positions, encoder.norm, *encoder.layers[:FROZEN]]
    for part in still:
        part.requires_grad_(False)
    tuned = {id(p) for p in encoder.parameters()}
    groups = [
        {"params": [p for p in network.parameters() if id(p) not in tuned], "lr": course.rate},
        {"params": [p for p in encoder.parameters() if p.requires_grad], "lr": course.encoder_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    repeated = len(known) // 3
    total = course.epochs * (1 + (len(pairs) + repeated) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step / total))
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(AVERAGED))
    checkpoint = work / "reader.pt"
    first = _restore(checkpoint, network, optimizer, schedule, average) if checkpoint.exists() else 0
    variation = Variation([*known, *pairs])
    for epoch in range(first, course.epochs):
        torch.manual_seed(seed * 1000 + epoch)
        network.train()
        losses, began, rng = [], time.monotonic(), np.random.default_rng([seed, epoch])
        third = [known[i] for i in rng.permutation(len(known))[:repeated]]
        for batch in batches([*pairs, *third], variation, vocabulary, tokenizer, BATCH, rng):
            with _fast():
                loss = network(batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(network)
            losses.append(loss.item())
        log(f"epoch {epoch + 1} of {course.epochs}: loss {np.mean(losses):.4f} in {time.monotonic() - began:.0f} s")
        _save(checkpoint, epoch + 1, network, optimizer, schedule, average)
    return _averaged(average), vocabulary, tokenizer


def _vocabulary(file: Path, pairs: Sequence[Pair], known: Sequence[str]) -> Vocabulary:
    """The vocabulary with which a training began, so that pairs may be added; the ``known`` words come first."""
    if not file.exists():
        seen = tuple(dict.fromkeys(pairs))
        file.write_text(json.dumps([*known, *(w for w in vocabulary_of(seen).words if w not in known)]))
    return Vocabulary(json.loads(file.read_text()))


def _averaged(average: AveragedModel) -> Network:
    assert isinstance(average.module, Network)
    return average.module.eval()


def _rate(done: float) -> float:
    """Rises to 1, then falls along a cosine to a fiftieth."""
    if done < WARM_UP:
        return done / WARM_UP
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, (done - WARM_UP) / (1 - WARM_UP))))


def _fast() -> contextlib.AbstractContextManager[object]:
    """bfloat16 where the processor has it, else nothing."""
    capable = torch.backends.mkldnn.is_available() and torch.cpu._is_avx512_bf16_supported()
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=capable)


def _save(
    file: Path, epoch: int, *parts: nn.Module | torch.optim.Optimizer | torch.optim.lr_scheduler.LRScheduler
) -> None:
    part = file.with_suffix(".part")
    torch.save({"epoch": epoch, "parts": [p.state_dict() for p in parts]}, part)
    part.replace(file)


def _restore(file: Path, *parts: nn.Module | torch.optim.Optimizer | torch.optim.lr_scheduler.LRScheduler) -> int:
    saved = torch.load(file, weights_only=True)
    for part, state in zip(parts, saved["parts"], strict=True):
        part.load_state_dict(state)
    return int(saved["epoch"])


def train(
    out_dir: Path, work: Path, quick: bool = False, log: Callable[[str], None] = print, start: Path | None = None
) -> None:
    """Makes the reader in ``out_dir`` from all pairs; three hours on one core. ``quick`` makes a poor one in one.

    ``start`` is the folder of a reader to go on from, in an hour and a half: the later pairs then count `AGAIN` times.
    Every `DEVELOPMENT`-th of the first pairs is left out and scores the exported files; so do the pairs held back.
    An interrupted training goes on from ``work``.
    Raises ImportError without MiniLM's weights, ValueError if ``start`` holds no reader of this version.
    """
    from sayso.planner.reader.training.export import export

    torch.set_num_threads(1)
    first, later, held = (_load(folder) for folder in (FOLDER, LATER, HELD))
    if quick:
        first, later = first[::60], later[::60]
    kept = [pair for i, pair in enumerate(first) if i % DEVELOPMENT]
    heard = {w.casefold() for pair in (*kept, *later) for w in words_in(pair.said)}
    told: dict[str, Any] = {
        "command": "sayso train planner" + " --quick" * quick,
        "data_seeds": f"{len(kept) + len(later)} pairs written by hand", "base": BASE, "scores": {},
    }  # fmt: skip
    course = FROM_NOTHING
    if start is not None:
        card = card_of(start)  # checks its files before the work begins
        course, later = ONWARD, later * AGAIN
        told["command"] += f" --start {shlex.quote(str(start))}"
        told["begun_with"] = card.digest
        heard |= set(card.heard)
        work = work / f"from-{card.digest.removeprefix('sha256:')[:12]}"
    if quick:
        course = replace(course, epochs=1)
    new, known = ([*kept, *later], []) if start is None else (later, kept)
    network, vocabulary, tokenizer = fit(new, work, course, log=log, start=start, known=known)
    export(network, vocabulary, tokenizer, out_dir, told, sorted(heard))
    reader = Reader(out_dir)
    told["scores"] = {"development": _score(reader, first[::DEVELOPMENT]), "held_back": _score(reader, held)}
    export(network, vocabulary, tokenizer, out_dir, told, sorted(heard))


def _load(folder: Path) -> list[Pair]:
    return [pair for file in sorted(folder.glob("*.jsonl")) for pair in load(file)]


def _score(reader: Reader, pairs: Sequence[Pair]) -> dict[str, float]:
    """The share of pairs whose most probable meaning is the writer's."""
    right = 0
    for pair in pairs:
        found = reader.read(pair.said, pair.context)
        right += bool(found) and found[0].value == canonical(pair.meaning)
    return {"n": len(pairs), "exact": round(right / max(len(pairs), 1), 4)}
