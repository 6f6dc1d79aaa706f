"""The folder of names: what is taught is there again, can be edited and carried, and what is wrong is one line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sayso.errors import UserError
from sayso.names.looks_file import LooksFile, checked_name
from sayso.perception.looks.crop import SIDE, Crop

RNG = np.random.default_rng(0)


def crop(shade: int = 90) -> Crop:
    picture = np.full((SIDE, SIDE, 4), shade, np.uint8)
    picture[..., 0], picture[8:40, 8:40, 3] = 200, 255
    return Crop(picture, RNG.integers(0, 255, (SIDE, SIDE)).astype(np.uint8), np.array([0.12, 0.09, 0.1]))


def test_what_is_taught_is_there_again_and_on_another_machine(tmp_path: Path) -> None:
    file, look = LooksFile(tmp_path / "names"), crop()
    assert file.names() == ()
    entry = file.teach("my mug", "red mug", look)
    assert entry.looks[0].picture == "my-mug-1.png" and not (tmp_path / "names" / "my-mug-1.png").stat().st_mode & 0o7
    file.teach("Bób", "blue cup", crop(20))
    shutil.copytree(tmp_path / "names", tmp_path / "other")
    mug, bob = LooksFile(tmp_path / "other").names()
    assert (mug.name, mug.thing, bob.name) == ("my mug", "red mug", "Bób")
    assert (mug.looks[0].picture == look.picture).all() and (mug.looks[0].heights == look.heights).all()
    assert mug.looks[0].size.tolist() == [0.12, 0.09, 0.1]
    assert file.names() is file.names()  # an unchanged file is not read again


def test_three_looks_are_kept_and_their_pictures_go_with_them(tmp_path: Path) -> None:
    file = LooksFile(tmp_path)
    for k in range(5):
        file.teach("my mug", "red mug", crop(10 * k), again=True)
    (mug,) = file.names()
    assert [int(c.picture[0, 0, 1]) for c in mug.looks] == [20, 30, 40]
    assert len(list(tmp_path.glob("*.png"))) == 6
    file.teach("The Mug", "green mug", crop(99))  # another thing has the name now
    assert [(t.name, len(t.looks)) for t in file.names()] == [("The Mug", 1)]
    file.forget("mug")
    assert file.names() == () and not list(tmp_path.glob("*.png"))


def test_rename_and_forget(tmp_path: Path) -> None:
    file = LooksFile(tmp_path)
    file.teach("my mug", "red mug", crop())
    file.teach("Bob", "blue cup", crop())
    assert file.rename("mug", "the big mug").name == "the big mug"
    with pytest.raises(UserError, match="'Bob' is already the name of the blue cup"):
        file.rename("the big mug", "bob")
    with pytest.raises(UserError, match="nothing has the name 'mug'; names: the big mug, Bob"):
        file.forget("mug")
    assert file.rename("bob", "BOB").name == "BOB"


def test_a_person_may_edit_the_file(tmp_path: Path) -> None:
    file = LooksFile(tmp_path)
    file.teach("my mug", "red mug", crop())
    text = file.path.read_text()
    file.path.write_text(text.replace("my mug", "Otto's mug"))
    assert [t.name for t in file.names()] == ["Otto's mug"]


def _again(whole: dict[str, Any]) -> None:
    whole["names"].append(whole["names"][0] | {"name": "the MUG"})


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda w: w.update(version=2), "is of version 2; this program reads 1"),
        (lambda w: w.update(more=1), "more: Extra inputs are not permitted"),
        (lambda w: w["names"][0].update(name=" "), "names.0.name: a name is one or more printable words"),
        (lambda w: w["names"][0]["looks"][0].update(picture="../x.png"), "must be a PNG file in the same folder"),
        (
            lambda w: w["names"][0]["looks"][0].update(picture="my-mug-1.heights.png"),
            "is no PNG of 48 × 48 pixels with",
        ),
        (lambda w: w["names"][0]["looks"][0].update(heights="none.png"), "none.png, which .* names, cannot be read"),
        (lambda w: w["names"][0]["looks"][0].update(size=[0.1, 0.1, -1]), "names.0.looks.0.size.2: Input should be gr"),
        (_again, "has the name 'the MUG' twice"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path: Path, change: Callable[[dict[str, Any]], None], wrong: str) -> None:
    file = LooksFile(tmp_path)
    file.teach("my mug", "red mug", crop())
    whole = json.loads(file.path.read_text())
    change(whole)
    file.path.write_text(json.dumps(whole))
    with pytest.raises(UserError, match=wrong) as error:
        file.names()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000, "\udcff"])
def test_what_is_no_json_is_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "names.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(UserError, match=r"is not JSON|is of version null"):
        LooksFile(tmp_path).names()


@pytest.mark.parametrize("name", ["", "  ", "a\x07b", "x" * 61])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(UserError, match="is no name for a thing"):
        checked_name(name)
