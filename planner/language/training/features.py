"""What the reading heads are trained on: sentences as token ids and labels, and the encoder's states of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from sayso.planner.language.reader import words
from sayso.planner.language.reading import HEADS
from sayso.planner.language.training.bert import TAPS, WIDTH
from sayso.planner.language.training.corpus import Writer
from sayso.planner.language.training.labelling import IGNORE, labels
from sayso.planner.language.training.network import SENTENCE

BATCH = 128
_ENCODED_TOGETHER = 32


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids (s,) int64 and for each head the label of every token (s,); the intent's has one."""

    ids: NDArray[np.int64]
    answers: dict[str, NDArray[np.int64]]


def examples(count: int, seed: int, tokenizer: Tokenizer) -> list[Example]:
    """``count`` sentences of the training corpus."""
    writer = Writer(seed)
    out = []
    for _ in range(count):
        sample = writer.write()
        encoding = tokenizer.encode(sample.text)
        spans, tokens = words(encoding.word_ids, encoding.offsets)
        answers = {SENTENCE: np.array([HEADS[SENTENCE].index(sample.intent)])}
        for head, right in labels(sample, spans).items():
            answers[head] = np.full(len(encoding.ids), IGNORE)
            for answer, inside in zip(right, tokens, strict=True):
                answers[head][inside] = answer
        out.append(Example(np.array(encoding.ids), answers))
    return out


def states(
    given: list[Example], encoder: onnxruntime.InferenceSession, log: Callable[[str], None]
) -> list[NDArray[np.float16]]:
    """The encoder's token states (s, 1152) of every sentence, computed for sentences of one length together."""
    out: list[NDArray[np.float16]] = [np.empty(0, np.float16)] * len(given)
    order = sorted(range(len(given)), key=lambda i: len(given[i].ids))
    start = 0
    while start < len(order):
        length = len(given[order[start]].ids)
        batch = [i for i in order[start : start + _ENCODED_TOGETHER] if len(given[i].ids) == length]
        ids = np.stack([given[i].ids for i in batch])
        found = encoder.run(["states"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        for i, value in zip(batch, found.astype(np.float16), strict=True):
            out[i] = value
        if start // 4000 != (start + len(batch)) // 4000:
            log(f"encoded {start + len(batch)} of {len(order)} sentences")
        start += len(batch)
    return out


def batches(
    given: list[Example], features: list[NDArray[np.float16]], rng: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor, dict[str, Tensor]]]:
    """Shuffled batches of sentences of about one length: states, attention bias, labels."""
    order = rng.permutation(len(given))
    order = order[np.argsort([len(given[i].ids) + rng.normal(0, 1.5) for i in order], kind="stable")]
    chunks = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    for chunk in rng.permutation(len(chunks)):
        rows = chunks[chunk]
        length = max(len(given[i].ids) for i in rows)
        x = np.zeros((len(rows), length, WIDTH * len(TAPS)), np.float32)
        bias = np.full((len(rows), 1, 1, length), -1e4, np.float32)
        answers = {h: np.full((len(rows), length), IGNORE) for h in HEADS}
        for row, i in enumerate(rows):
            size = len(given[i].ids)
            x[row, :size], bias[row, 0, 0, :size] = features[i], 0.0
            for head, values in given[i].answers.items():
                answers[head][row, : len(values)] = values
        yield torch.from_numpy(x), torch.from_numpy(bias), {h: torch.from_numpy(a) for h, a in answers.items()}
