"""What the detector is trained on says what it should, and can be learned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from sayso.bench.eyes.detector_suite import compare, match, visibility
from sayso.perception.encoding import encode
from sayso.perception.encoding_rgb import encode_rgb
from sayso.perception.fusion import fuse
from sayso.perception.monocular import HEIGHT_SPREAD, OUTPUTS_RGB, read_sightings
from sayso.perception.votes import COLOR, KIND, OUTPUTS, SIZE, SPREAD, TURN, UNIT, VOTE, gather, read_votes
from sayso.training.detector import network, vote_loss
from sayso.training.detector_batch import draw_batch, targets, targets_rgb
from sayso.training.detector_data import DEPTH_UNIT, Views
from sayso.training.detector_views import View, ViewSource

SEED = 22_000_010


@pytest.fixture(scope="module")
def views() -> Iterator[list[View]]:
    source = ViewSource()
    yield list(source.views(SEED))
    source.close()


def perfect(view: View, packed: Views, number: int) -> tuple[np.ndarray, list]:
    """What a network without error would give for a view."""
    encoded = [encode(frame) for frame in view.frames]
    out = []
    for seen, ids in zip(encoded, view.ids, strict=True):
        kind, color, _, vote, size, turn = targets(seen, ids[::2, ::2], packed.columns["labels"][number])
        raw = np.zeros((OUTPUTS, *kind.shape), dtype=np.float32)
        for channel in range(KIND.stop):
            raw[channel] = 9.0 * (kind == channel)
        raw[VOTE], raw[SIZE], raw[TURN] = vote, size, turn
        for number_of_color in range(COLOR.stop - COLOR.start):
            raw[COLOR.start + number_of_color] = 9.0 * (color == number_of_color)
        out.append(raw)
    return np.stack(out), encoded


def test_perfect_votes_give_back_the_truth(views: list[View]) -> None:
    packed = Views.of(views)
    seen = 0
    for number, view in enumerate(views):
        found = gather(read_votes(*perfect(view, packed, number)))
        partner = match(view.labels, found)
        for i, label in enumerate(view.labels):
            if visibility(view, i) < 0.5:
                continue
            seen += 1
            assert np.linalg.norm(partner[i].position - label.position) < 1e-4
            assert np.allclose(partner[i].size, label.size, atol=1e-4)
            assert (partner[i].kind, partner[i].color) == (label.kind, label.color)
            if label.kind == "block":
                assert np.cos(4 * (partner[i].yaw - label.yaw)) > 0.9
    assert seen > 12


def test_perfect_votes_without_depth_give_back_the_truth(views: list[View]) -> None:
    packed = Views.of(views)
    seen = 0
    for number, view in enumerate(views):
        sightings = []
        for frame, ids in zip(view.frames, view.ids, strict=True):
            encoded = encode_rgb(frame)
            kind, color, _, vote, size, turn, _ = targets_rgb(encoded, ids[::2, ::2], packed.columns["labels"][number])
            raw = np.zeros((OUTPUTS_RGB, *kind.shape), dtype=np.float32)
            raw[SPREAD], raw[HEIGHT_SPREAD] = -2.5, -1.0
            for channel in range(KIND.stop):
                raw[channel] = 9.0 * (kind == channel)
            raw[VOTE], raw[SIZE], raw[TURN] = vote, size, turn
            for number_of_color in range(COLOR.stop - COLOR.start):
                raw[COLOR.start + number_of_color] = 9.0 * (color == number_of_color)
            sightings.append(read_sightings(raw, encoded))
        partner = match(view.labels, fuse(sightings))
        for i, label in enumerate(view.labels):
            if visibility(view, i) < 0.5:
                continue
            seen += 1
            assert np.linalg.norm(partner[i].position - label.position) < 1e-4
            assert (partner[i].kind, partner[i].color) == (label.kind, label.color)
            if label.kind == "block":
                assert np.cos(4 * (partner[i].yaw - label.yaw)) > 0.99
    assert seen > 12


def test_packed_views_are_the_views(views: list[View]) -> None:
    again = Views.of(views).view(1)
    assert [(a.kind, a.color, a.held) for a in again.labels] == [(b.kind, b.color, b.held) for b in views[1].labels]
    assert np.allclose(again.labels[0].position, views[1].labels[0].position)
    for a, b in zip(again.frames, views[1].frames, strict=True):
        assert a.depth is not None and b.depth is not None
        assert np.array_equal(a.rgb, b.rgb) and np.abs(a.depth - b.depth).max() <= DEPTH_UNIT


def test_heights_and_votes_agree_in_every_crop_mirrored_or_not(views: list[View]) -> None:
    packed = Views.of(views)
    batch = draw_batch(packed, np.random.default_rng(0), 12)
    heights = {round(float(v), 3) for row in packed.columns["labels"] for v in row[row[:, 0] > 0, 5]}
    height = (batch.inputs[:, 3, ::2, ::2] + 1) / 10 + batch.vote[:, 2] * UNIT
    low = (batch.kind > 0) & (batch.inputs[:, 3, ::2, ::2] < 2.9)
    close = [min(abs(float(h) - z) for z in heights) < 0.006 for h in height[low][::7]]
    assert len(close) > 30 and np.mean(close) > 0.95


@pytest.mark.parametrize("depth", [True, False])
def test_the_loss_of_a_batch_can_be_lowered(views: list[View], depth: bool) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    batch = draw_batch(Views.of(views), np.random.default_rng(1), 3, depth)
    net = network(depth)
    optimizer = torch.optim.AdamW(net.parameters(), 3e-3)
    losses = []
    for _ in range(15):
        loss = vote_loss(net(batch.inputs), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.7 * losses[0]


def test_a_detector_that_sees_nothing_scores_nothing(views: list[View]) -> None:
    class Blind:
        def detect(self, frames: object) -> tuple:
            return ()

    scores = compare(views, Blind()).scores()  # type: ignore[arg-type]
    assert scores["recall"]["rate"] == 0.0 and scores["n"] > 5 and scores["median_mm"] is None
