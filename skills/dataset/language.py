"""Language in a LeRobotDataset: subtasks and motions hold from their time on, operator utterances are single events.

The two columns and their styles are LeRobot's (``lerobot/datasets/language.py``): ``language_persistent`` repeats all
rows of an episode in each of its frames, ``language_events`` has rows only where something happened. What was
understood of an utterance is a row of the assistant without a style, in LeRobot's form of a tool call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sayso.skills.dataset.layout import EVENTS, LANGUAGE_TYPES, PERSISTENT, DatasetError
from sayso.skills.episodes import Episode, Texts

MAX_ROWS = 20_000_000
UNDERSTOOD = "understood"
"""The function that an assistant's event calls with what was understood."""
Row = tuple[float, str, str]  # time s, style, text


def on_frames(texts: Texts, episode: Episode) -> list[tuple[int, str]]:
    """The texts with the frame index nearest to their time, in frame order."""
    placed = [(round((t - episode.times[0]) * episode.fps), text) for t, text in texts]
    return sorted(((min(max(frame, 0), len(episode) - 1), text) for frame, text in placed), key=lambda p: p[0])


def words_fit(episode: Episode) -> bool:
    """Whether an episode's subtasks and motions, repeated in each frame, stay within `MAX_ROWS`."""
    frames = (dict(on_frames(texts, episode)) for texts in (episode.subtasks, episode.motions))
    return sum(map(len, frames)) * len(episode) <= MAX_ROWS


def language_arrays(episodes: Sequence[Episode]) -> dict[str, pa.Array]:
    """Both language columns for all frames of ``episodes``.

    Of two subtasks or motions on one frame the later counts, because LeRobot expects one active text.
    """
    lengths = np.array([len(e) for e in episodes])
    persistent: list[list[Row]] = []
    events: list[tuple[int, str, str]] = []
    for start, episode in zip(np.cumsum(lengths) - lengths, episodes, strict=True):
        rows = []
        for style, texts in (("subtask", episode.subtasks), ("motion", episode.motions)):
            latest = dict(on_frames(texts, episode))
            rows += [(frame / episode.fps, style, text) for frame, text in latest.items()]
        if not words_fit(episode):
            raise DatasetError(
                f"an episode of {len(episode)} frames with {len(rows)} subtasks and motions needs "
                f"{len(rows) * len(episode)} language rows, more than {MAX_ROWS}; split it or write with plain=True"
            )
        persistent.append(sorted(rows, key=lambda row: row[0]))
        for style, texts in (("interjection", episode.events), (UNDERSTOOD, episode.understood)):
            events += [(int(start) + frame, style, text) for frame, text in on_frames(texts, episode)]
    events.sort(key=lambda event: event[0])  # stable: an utterance comes before what was understood of it
    # Arrow repeats each episode's rows for its frames, much faster than Python could build them.
    once = _lists(PERSISTENT, [len(rows) for rows in persistent], [row for rows in persistent for row in rows])
    counts = np.bincount([frame for frame, *_ in events], minlength=int(lengths.sum()))
    return {
        PERSISTENT: once.take(pa.array(np.repeat(np.arange(len(episodes)), lengths))),
        EVENTS: _lists(EVENTS, counts, [(0.0, style, text) for _, style, text in events]),
    }


def _lists(column: str, counts: Sequence[int] | np.ndarray, rows: list[Row]) -> pa.ListArray:
    kind = LANGUAGE_TYPES[column].value_type
    calls = [style == UNDERSTOOD for _, style, _ in rows]
    values = {
        "role": pa.array(["user" if style == "interjection" else "assistant" for _, style, _ in rows], pa.string()),
        "content": pa.array([None if call else row[2] for call, row in zip(calls, rows, strict=True)], pa.string()),
        "style": pa.array([None if call else row[1] for call, row in zip(calls, rows, strict=True)], pa.string()),
        "timestamp": pa.array(np.array([t for t, *_ in rows], np.float32)),
        "tool_calls": pa.array(
            [[_call(row[2])] if call else None for call, row in zip(calls, rows, strict=True)], pa.list_(pa.string())
        ),
    }
    arrays = [values.get(field.name, pa.nulls(len(rows), field.type)) for field in kind]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.StructArray.from_arrays(arrays, fields=list(kind)))


def _call(arguments: str) -> str:
    """A tool call with ``arguments``, which are JSON."""
    call = {"type": "function", "function": {"name": UNDERSTOOD, "arguments": json.loads(arguments)}}
    return json.dumps(call, ensure_ascii=False)


def _called(call: str) -> str | None:
    """The arguments, as JSON, of a tool call that says what was understood; None for another one."""
    try:
        function = json.loads(call)["function"]
        return json.dumps(function["arguments"], ensure_ascii=False) if function["name"] == UNDERSTOOD else None
    except (ValueError, KeyError, TypeError):
        return None


def read_texts(table: pa.Table) -> tuple[Texts, Texts, Texts, Texts]:
    """Subtasks, motions, events and what was understood of one episode's ``table``; times in s from its start."""
    found: dict[str, list[tuple[float, str]]] = {"subtask": [], "motion": [], "interjection": [], UNDERSTOOD: []}
    if PERSISTENT in table.column_names:
        for row in table[PERSISTENT][0].as_py() or []:
            if row["content"] is not None:
                found.get(row["style"], []).append((float(row["timestamp"]), row["content"]))
    if EVENTS in table.column_names:
        for column, t in zip(table[EVENTS].to_pylist(), table["timestamp"].to_pylist(), strict=True):
            for row in column or []:
                if row["content"] is not None:
                    found.get(row["style"], []).append((float(t), row["content"]))
                for call in row.get("tool_calls") or ():
                    if (arguments := _called(call)) is not None:
                        found[UNDERSTOOD].append((float(t), arguments))
    subtasks, motions, events, understood = (tuple(sorted(texts, key=lambda p: p[0])) for texts in found.values())
    return subtasks, motions, events, understood
