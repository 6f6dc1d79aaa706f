"""Every value of the task language has one JSON, is read back from it, and fits the JSON schema."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from sayso.planner.task.form import forms
from sayso.planner.task.schema import from_json, schema, to_json
from sayso.planner.task.text import NotATask
from sayso.planner.task.values import Color, Degree, In, It, LeftOf, Pick, Put, Task, The, Thing, Utterance, Value
from tests.planner.task.random_values import random_value

SCHEMA = schema()


@pytest.mark.parametrize("seed", range(300))
def test_a_value_is_read_back_from_its_json_and_fits_the_schema(seed: int) -> None:
    value = random_value(np.random.default_rng(seed))
    text = json.dumps(to_json(value))
    assert from_json(json.loads(text)) == value
    assert fits(json.loads(text), SCHEMA, SCHEMA["$defs"])


def test_every_value_is_written_and_defined() -> None:
    seen = {head for seed in range(900) for head in heads(to_json(random_value(np.random.default_rng(seed))))}
    assert seen == set(forms()) and set(forms()) <= set(SCHEMA["$defs"])


def heads(found: object) -> set[str]:
    if isinstance(found, list):
        return {head for one in found for head in heads(one)}
    return {found["type"]} | {h for v in found.values() for h in heads(v)} if isinstance(found, dict) else set()


def fits(found: Any, wanted: dict[str, Any], defs: dict[str, Any]) -> bool:
    """Whether a JSON fits a schema, as far as this schema goes."""
    if "$ref" in wanted:
        return fits(found, defs[wanted["$ref"].removeprefix("#/$defs/")], defs)
    if "anyOf" in wanted:
        return any(fits(found, option, defs) for option in wanted["anyOf"])
    if "const" in wanted:
        return bool(found == wanted["const"])
    if "enum" in wanted:
        return found in wanted["enum"]
    kind = wanted["type"]
    if kind == "array":
        return isinstance(found, list) and len(found) >= wanted.get("minItems", 0) and all(
            fits(one, wanted["items"], defs) for one in found
        )  # fmt: skip
    if kind == "object":
        inside = wanted["properties"]
        return isinstance(found, dict) and set(found) == set(inside) == set(wanted["required"]) and all(
            fits(found[name], inside[name], defs) for name in inside
        )  # fmt: skip
    kinds: dict[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "null": type(None)}
    return isinstance(found, kinds[kind])


def test_the_schema_is_strict() -> None:
    for name, form in forms().items():
        one = SCHEMA["$defs"][name]
        assert one["required"] == list(one["properties"]) == ["type", *(f.name for f in form.fields)]
        assert one["additionalProperties"] is False


def test_a_schema_can_leave_heads_out() -> None:
    some = schema(Task, without=("harm", "pour"))
    assert {"$ref": "#/$defs/put"} in some["$defs"]["Task"]["anyOf"]
    assert not {"harm", "pour"} & set(some["$defs"])


def test_a_json_reads_as_the_page_says() -> None:
    found = {
        "type": "put",
        "thing": {"type": "the", "noun": "block", "modifiers": [{"type": "color", "name": "red"}]},
        "place": {"type": "left_of", "thing": "it", "by": "little"},
    }
    assert from_json(found) == Put(The("block", (Color("red"),)), LeftOf(It(), Degree.LITTLE))
    assert from_json({"type": "pick", "thing": {"type": "the", "noun": "mug"}}) == Pick(The("mug"))


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (None, "Task: 'None' where one of pick, put"),
        ({"type": "stop"}, "Task: 'stop' where one of"),
        ({"thing": "it"}, "Task: 'an object without a type' where"),
        ({"type": "pick"}, "Task.pick.thing: 'None' where one of the, a"),
        ({"type": "pick", "thing": {"type": "in", "thing": "it"}}, "Task.pick.thing: 'in' where one of"),
        ({"type": "pick", "thing": {"type": "the", "noun": ""}}, "Task.pick.thing.the.noun: '' where one of words"),
        ({"type": "pick", "thing": "it", "slowly": 1}, "Task.pick: it has no 'slowly'; there are: thing"),
        ({"type": "seq", "tasks": []}, "Task.seq.tasks: at least 1"),
        ({"type": "seq", "tasks": ["undo", "stop"]}, "Task.seq.tasks[1]: 'stop'"),
        ({"type": "repeat", "number": True, "task": "undo"}, "Task.repeat.number: 'True' where one of a number"),
        ({"type": "repeat", "number": float("nan"), "task": "undo"}, "Task.repeat.number: 'nan'"),
        ({"type": ["pick"]}, "Task: \"['pick']\" where"),
    ],
)
def test_what_is_no_task_is_refused_with_the_place(found: object, says: str) -> None:
    with pytest.raises(NotATask) as caught:
        from_json(found, Task)
    assert says in str(caught.value)


def test_a_json_may_not_be_nested_without_end() -> None:
    found: object = "undo"
    for _ in range(60):
        found = {"type": "seq", "tasks": [found]}
    with pytest.raises(NotATask, match="nested deeper than"):
        from_json(found)


def test_what_stands_for_a_value_in_a_models_json_is_asked_first() -> None:
    def mark(found: object, kinds: tuple[type, ...]) -> Value | None:
        return The("thing") if Thing in kinds and isinstance(found, dict) and "mark" in found else None

    value = from_json({"type": "put", "thing": {"mark": 3}, "place": {"type": "in", "thing": "it"}}, Utterance, mark)
    assert value == Put(The("thing"), In(It()))
