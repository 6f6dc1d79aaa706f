import pytest

from sayso.hardware.near_miss import OTHER_NAMES, suggestion

ROBOTS = ("sim", "sim:panda", "sim:ur5e", "koch", "panda", "piper", "so101", "ur5e", "MODULE:CLASS", "Desk")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("franka", "panda"),
        ("Franka Emika", "panda"),
        ("sim:franka", "sim:panda"),
        ("sim:ur_e", "sim:ur5e"),
        ("pand", "panda"),
        ("PANDA", "panda"),
        ("so-101", "so101"),
        ("simulator", "sim"),
        ("desk", "Desk"),
    ],
)
def test_a_near_miss_names_what_was_meant(name: str, meant: str) -> None:
    assert suggestion(name, ROBOTS) == f"; did you mean {meant}?"


@pytest.mark.parametrize("name", ["", "toaster", "world:table", "franka"])
def test_nothing_is_suggested_where_nothing_is_near(name: str) -> None:
    assert suggestion(name, ("koch", "so101")) == ""


def test_every_other_name_leads_to_an_arm_or_the_simulator() -> None:
    from sayso.hardware.arms.load import arm_names

    assert set(OTHER_NAMES.values()) <= {*arm_names(), "sim"}
    assert not set(OTHER_NAMES) & {*arm_names(), "sim"}
