"""Names by looks: a taught thing is found elsewhere, another is none of them, and twins are in doubt."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Frame, Pose
from sayso.model_store import ModelStore
from sayso.perception.looks.book import TaughtName, key_of
from sayso.perception.looks.crop import SIDE, UNKNOWN, Crop, crop_of
from sayso.perception.looks.describer import NUMBERS, Comparison, all_described, described
from sayso.perception.looks.namer import Namer
from sayso.perception.looks.recognition import probabilities
from sayso.perception.looks.silhouette import silhouette
from sayso.perception.scene import GivenName, Scene, SceneObject

DOWN = Pose(np.array([0.5, 0.0, 0.6]), np.diag([1.0, -1.0, -1.0]))  # looks straight down on the table
K = np.array([[300.0, 0.0, 160.0], [0.0, 300.0, 120.0], [0.0, 0.0, 1.0]])
CUBE = np.array([0.05, 0.05, 0.05])
RED, GREEN, BLUE = (200, 40, 30), (40, 160, 60), (40, 60, 190)


def table(*cubes: tuple[float, float, tuple[int, int, int]], light: float = 1.0, depth: bool = True) -> Frame:
    """A gray table with cubes at (x, y), seen from above."""
    rgb, far = np.full((240, 320, 3), 120.0), np.full((240, 320), 0.6, np.float32)
    for x, y, color in cubes:
        u, v = 160 + 300 * (x - 0.5) / 0.55, 120 + 300 * -y / 0.55
        rows, columns = slice(round(v - 13.6), round(v + 13.6)), slice(round(u - 13.6), round(u + 13.6))
        rgb[rows, columns], far[rows, columns] = color, 0.55
    return Frame(0.0, "top", np.clip(rgb * light, 0, 255).astype(np.uint8), far if depth else None, K, DOWN)


def cube(name: str, x: float, y: float, **more: object) -> SceneObject:
    thing = SceneObject(name, {"block": 1.0}, {"red": 1.0}, np.array([x, y, 0.025]), CUBE)
    return replace(thing, **more)  # type: ignore[arg-type]


def scene(*things: SceneObject, t: float = 0.0) -> Scene:
    return Scene(t, things, DOWN)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return Comparison(ModelStore().load("looks"))


class Book:
    def __init__(self, *names: TaughtName) -> None:
        self.taught = names

    def names(self) -> tuple[TaughtName, ...]:
        return self.taught


def look(frame: Frame, thing: SceneObject) -> Crop:
    crop = crop_of(frame, silhouette(frame, thing.position, thing.size, thing.yaw), thing.size)
    assert crop is not None
    return crop


def test_a_crop_shows_the_thing_with_its_heights_and_size() -> None:
    crop = look(table((0.6, 0.1, RED)), cube("b1", 0.6, 0.1))
    own = crop.picture[..., 3] > 127
    assert 0.4 < own.mean() < 0.8 and np.abs(crop.picture[own][:, :3].mean(0) - RED).max() < 25
    assert np.median(crop.heights[own]) * 0.002 == pytest.approx(0.05, abs=0.004)
    assert crop.size.tolist() == CUBE.tolist() and described(crop).shape == (NUMBERS,)
    assert np.isfinite(described(crop)).all()


def test_a_crop_at_the_edge_and_without_depth() -> None:
    frame = table((0.77, 0.0, RED), depth=False)
    crop = look(frame, cube("b1", 0.77, 0.0))
    assert (crop.heights == UNKNOWN).all() and crop.picture.shape == (SIDE, SIDE, 4)
    assert crop_of(frame, np.zeros((240, 320), bool), CUBE) is None


@pytest.mark.parametrize("pixels", [0, 1, 2, 20])
def test_a_picture_that_hardly_shows_the_thing_has_numbers_too(pixels: int) -> None:
    picture = np.zeros((SIDE, SIDE, 4), np.uint8)
    picture[10, 10 : 10 + pixels, 3] = 255
    numbers = described(Crop(picture, np.full((SIDE, SIDE), UNKNOWN, np.uint8), CUBE))
    assert np.isfinite(numbers).all() and numbers.any() == (pixels == 20)


def test_a_hidden_thing_has_no_pixels() -> None:
    frame = table((0.6, 0.1, RED))
    assert frame.depth is not None
    frame.depth[:] = 0.3  # something is in front
    assert not silhouette(frame, np.array([0.6, 0.1, 0.025]), CUBE, 0.0).any()
    assert not silhouette(frame, np.array([0.6, 0.1, 0.9]), CUBE, 0.0).any()  # behind the camera


def test_the_same_in_other_light_is_found_among_others(comparison: Comparison) -> None:
    taught = [all_described([look(table((0.45, 0.1, RED)), cube("a", 0.45, 0.1))])]
    frame = table((0.6, 0.1, GREEN), (0.4, -0.1, RED), (0.6, -0.1, BLUE), light=0.75)
    places = ((0.6, 0.1), (0.4, -0.1), (0.6, -0.1))
    things = [all_described([look(frame, cube("x", x, y))]) for x, y in places]
    sure = probabilities(comparison, taught, things)
    assert sure.shape == (1, 3) and sure[0].argmax() == 1 and sure[0, 1] > 0.5
    without = probabilities(comparison, taught, [things[0], things[2]])
    assert without.max() < 0.2


def test_twins_share_a_name_and_two_names_share_a_thing(comparison: Comparison) -> None:
    frame = table((0.4, 0.1, RED), (0.6, 0.1, RED))
    one, two = (all_described([look(frame, cube("x", x, 0.1))]) for x in (0.4, 0.6))
    assert probabilities(comparison, [one], [one, two]).max() < 0.5
    assert probabilities(comparison, [one, two], [one]).max() < 0.5
    assert probabilities(comparison, [], [one]).shape == (0, 1) and probabilities(comparison, [one], []).shape == (1, 0)


def test_the_namer_follows_the_looks(comparison: Comparison) -> None:
    first = table((0.4, 0.1, RED), (0.6, 0.1, GREEN))
    bob = TaughtName("Bob", "red block", (look(first, cube("b1", 0.4, 0.1)),))
    namer = Namer(comparison, Book(bob))
    there = scene(cube("b1", 0.4, 0.1), cube("b2", 0.6, 0.1))
    assert namer.named(there) is there  # not looked at yet
    namer.look(there, [first], everything=True)
    one, two = namer.named(there).objects
    assert one.called.text == "Bob" and one.called.source == "taught" and one.called.sure > 0.5
    assert two.called == GivenName("red block", "read", 1.0) and two.given[0].sure < 0.2
    # The two change places and keep their ids: one look at a time brings the name to the other.
    after = table((0.4, 0.1, GREEN), (0.6, 0.1, RED))
    for t in range(1, 9):
        namer.look(scene(*there.objects, t=float(t)), [after])
    one, two = namer.named(there).objects
    assert two.called.text == "Bob" and one.called.source == "read"


def test_what_is_held_or_not_seen_gets_no_look(comparison: Comparison) -> None:
    frame = table((0.4, 0.1, RED))
    namer = Namer(comparison, Book(TaughtName("Bob", "red block", (look(frame, cube("b1", 0.4, 0.1)),))))
    namer.look(scene(cube("b1", 0.4, 0.1, held=True), cube("b2", 0.4, 0.1, age=2.0)), [frame], everything=True)
    assert namer.crop("b1") is None and namer.crop("b2") is None and namer.crop("b3") is None
    assert not any(o.given for o in namer.named(scene(cube("b1", 0.4, 0.1), cube("b2", 0.4, 0.1))).objects)


def test_a_model_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="looks take 82 differences and give 1 number"):
        Comparison(ModelStore().load("detector"))


def test_a_name_is_found_with_and_without_my() -> None:
    assert key_of("my  Mug") == key_of("the mug") == "mug" and key_of("Bob’s cup") == "bob's cup"


def test_a_models_name_stays_with_its_thing_and_goes_after_what_was_taught(comparison: Comparison) -> None:
    frame = table((0.4, 0.1, RED), (0.6, 0.1, GREEN))
    there = scene(cube("b1", 0.4, 0.1), cube("b2", 0.6, 0.1))
    namer = Namer(comparison, Book(TaughtName("Bob", "red block", (look(frame, there.objects[0]),))))
    namer.look(there, [frame], everything=True)
    namer.take({"b1": "drill", "b2": "mug", "b3": "gone"})
    one, two = namer.named(there).objects
    assert [g.source for g in one.given] == ["taught", "model"] and two.called == GivenName("mug", "model", 0.5)
    namer.look(scene(there.objects[0], t=1.0), [frame])
    assert not any(g.source == "model" for g in namer.named(there).objects[1].given)
