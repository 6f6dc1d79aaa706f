"""Trains the reading heads on a frozen, quantised MiniLM and writes the one file that the run time loads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from scipy.stats import binomtest
from tokenizers import Tokenizer
from torch import Tensor, nn

from sayso.planner.language.encoder import CARD, MAX_TOKENS, MODEL, TOKENIZER, WordsModel
from sayso.planner.language.reading import HEADS
from sayso.planner.language.training.bert import load_encoder
from sayso.planner.language.training.evaluation import SPLITS, Trial, trials
from sayso.planner.language.training.export import disagreement, export_int8, join
from sayso.planner.language.training.features import BATCH, Example, batches, examples, states
from sayso.planner.language.training.labelling import IGNORE
from sayso.planner.language.training.network import SENTENCE, Heads, split
from sayso.planner.plan import Plan
from sayso.skills.onnx_model import card_fields, digest_of, open_model

SENTENCES, EPOCHS, RATE = 24_000, 8, 2e-3
TEST_SEED = 1_000_000
TEST_SENTENCES = 1_000
MAX_DISAGREEMENT = 0.02
_BASE = "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), int8"


def train(out_dir: Path, seed: int = 0, quick: bool = False, log: Callable[[str], None] = print) -> dict[str, Any]:
    """Make the words model in ``out_dir`` (`MODEL`, `CARD`, `TOKENIZER`) and return its card; minutes on one core.

    ``quick`` makes a poor one in under a minute, to try the way. An interrupted training goes on after its last epoch.
    Raises ImportError without MiniLM's weights, ValueError when the exported file does not answer as the network did.
    """
    torch.set_num_threads(1)
    count, epochs, tests = (400, 1, 20) if quick else (SENTENCES, EPOCHS, TEST_SENTENCES)
    work = out_dir / f".words-{seed}{'-quick' * quick}"
    work.mkdir(parents=True, exist_ok=True)
    encoder, tokenizer = _encoder(work)
    given = examples(count, seed, tokenizer)
    heads = fit(given, states(given, encoder, log), epochs, seed, log, work / "heads.pt")
    example = (torch.zeros(2, 7, heads.narrow.in_features), torch.zeros(2, 1, 1, 7))
    export_int8(heads, example, ["states", "bias"], ["logits"], work / "heads.onnx")
    join(work / "encoder.onnx", work / "heads.onnx", work / MODEL)
    held_out = [e.ids for e in examples(tests, TEST_SEED + seed, tokenizer)]
    differing = disagreement(heads, encoder, open_model(work / MODEL), held_out)
    log(f"the exported file differs from the network in {100 * differing:.2f} % of the labels")
    if differing > MAX_DISAGREEMENT and not quick:
        raise ValueError(f"{MODEL} differs from the network in {differing:.3f} of all labels, not {MAX_DISAGREEMENT}")
    tokenizer.save(str(work / TOKENIZER), pretty=False)
    card = _card(work, seed, quick, differing)
    _write(work / CARD, card)
    model = WordsModel(work)
    card["scores"] = _scores([t for s in SPLITS for t in trials(model.spans, model.read, tests, TEST_SEED + seed, s)])
    _write(work / CARD, card)
    for name in (MODEL, TOKENIZER, CARD):
        (work / name).replace(out_dir / name)
    for rest in work.iterdir():
        rest.unlink()
    work.rmdir()
    return card


def fit(
    given: list[Example],
    features: list[NDArray[np.float16]],
    epochs: int,
    seed: int,
    log: Callable[[str], None],
    checkpoint: Path,
) -> Heads:
    """Heads trained for ``epochs`` passes with AdamW and a one-cycle learning rate, going on from ``checkpoint``."""
    torch.manual_seed(seed)
    heads = Heads()
    optimizer = torch.optim.AdamW(heads.parameters(), lr=RATE, weight_decay=0.05)
    steps = epochs * -(-len(given) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.15)
    parts: tuple[Any, ...] = (heads, optimizer, schedule)
    first = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        for part, state in zip(parts, saved["parts"], strict=True):
            part.load_state_dict(state)
        first = saved["epochs"]
        log(f"going on after epoch {first}")
    for epoch in range(first, epochs):
        torch.manual_seed(seed * 1000 + epoch)
        losses = []
        for x, bias, answers in batches(given, features, np.random.default_rng([seed, epoch])):
            loss = loss_of(heads(x, bias), answers)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(heads.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        log(f"epoch {epoch + 1} of {epochs}: loss {np.mean(losses):.3f}")
        part_path = checkpoint.with_suffix(".part")
        torch.save({"parts": [p.state_dict() for p in parts], "epochs": epoch + 1}, part_path)
        part_path.replace(checkpoint)
    return heads.eval()


def loss_of(logits: Tensor, answers: dict[str, Tensor]) -> Tensor:
    """The sum of all heads' cross-entropies, each the mean over the words it has something to say about."""
    total = torch.zeros(())
    for head, part in split(logits).items():
        right = answers[head][:, 0] if head == SENTENCE else answers[head]
        if bool((right != IGNORE).any()):
            flat = part.reshape(-1, part.shape[-1])
            total = total + nn.functional.cross_entropy(flat, right.reshape(-1), ignore_index=IGNORE)
    return total


def _encoder(work: Path) -> tuple[onnxruntime.InferenceSession, Tokenizer]:
    """MiniLM in int8, made once in ``work``, and its tokenizer without padding."""
    encoder, tokenizer_path = load_encoder(MAX_TOKENS)
    path = work / "encoder.onnx"
    if not path.exists():
        ids = torch.tensor([[101, 2404, 1996, 2417, 102], [101, 2404, 2417, 102, 0]])
        part = path.with_suffix(".part")
        example = (ids, (ids > 0).long())
        export_int8(encoder, example, ["input_ids", "attention_mask"], ["states", "bias", "embedding"], part)
        part.replace(path)
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return open_model(path), tokenizer


def _scores(done: list[Trial]) -> dict[str, Any]:
    """Rates of exact answers with n and the Wilson 95 % interval: a split, then a category of the hardest split."""
    hardest = list(SPLITS)[-1]
    out = {split: _rate([t for t in done if t.split == split]) for split in SPLITS}
    chosen = [t for t in done if t.split == hardest]
    for category in sorted({t.category for t in chosen}):
        out[f"{hardest}: {category}"] = _rate([t for t in chosen if t.category == category])
    return out


def _rate(done: list[Trial]) -> dict[str, Any]:
    exact = sum(t.exact for t in done)
    bounds = binomtest(exact, len(done)).proportion_ci(method="wilson")
    wrong = sum(isinstance(t.given, Plan) and not t.exact for t in done) / len(done)
    return {
        "n": len(done), "exact": round(exact / len(done), 4), "low": round(float(bounds.low), 4),
        "high": round(float(bounds.high), 4), "wrong plan": round(wrong, 4),
    }  # fmt: skip


def _card(work: Path, seed: int, quick: bool, differing: float) -> dict[str, Any]:
    return {
        "name": Path(MODEL).stem,
        "command": "sayso train planner" + " --quick" * quick,
        "data_seeds": f"{seed} (train), {TEST_SEED + seed} (test)",
        "scores": {},
        **card_fields((work / MODEL).read_bytes()),
        "base": _BASE,
        "labels differing from torch": round(differing, 5),
        "tokenizer_digest": digest_of((work / TOKENIZER).read_bytes()),
        "heads": HEADS,
    }


def _write(path: Path, card: dict[str, Any]) -> None:
    path.write_text(json.dumps(card, indent=2) + "\n")
