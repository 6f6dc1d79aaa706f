"""The training loop of all small networks: AdamW, one-cycle schedule, resumable checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

CHECKPOINT_STEPS = 500
PEAK_LR = 1.5e-3


def fit(
    model: nn.Module,
    loss: Callable[[torch.Generator], Tensor],
    steps: int,
    *,
    seed: int = 0,
    checkpoint: Path | None = None,
    progress: Callable[[int, int, float], None] | None = None,
    peak_lr: float = PEAK_LR,
) -> float:
    """Minimize ``loss`` (given a generator to draw a batch) over ``model`` in ``steps``; return the last mean loss.

    With ``checkpoint`` the state is saved every `CHECKPOINT_STEPS` steps and resumed; the file is removed at the end.
    ``progress`` receives step, steps and mean loss. Deterministic for a seed, except for rounding by threads.
    """
    optimizer = torch.optim.AdamW(model.parameters(), peak_lr, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_lr, total_steps=steps, pct_start=0.08)
    done = 0
    if checkpoint is not None and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        if state["steps"] == steps:
            model.load_state_dict(state["model"])
            optimizer.load_state_dict(state["optimizer"])
            schedule.load_state_dict(state["schedule"])
            done = state["done"]
    mean = 0.0
    model.train()
    for step in range(done, steps):
        draw = torch.Generator().manual_seed(seed * 1_000_003 + step)
        value = loss(draw)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        mean = value.item() if step == done else 0.98 * mean + 0.02 * value.item()
        last = step + 1 == steps
        if progress is not None and (step % 100 == 99 or last):
            progress(step + 1, steps, mean)
        if checkpoint is not None and step % CHECKPOINT_STEPS == CHECKPOINT_STEPS - 1 and not last:
            _save(checkpoint, model, optimizer, schedule, steps, step + 1)
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    model.eval()
    return mean


def _save(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, schedule: object, steps: int, done: int
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),  # type: ignore[attr-defined]
        "steps": steps,
        "done": done,
    }
    torch.save(state, part)
    part.replace(path)
