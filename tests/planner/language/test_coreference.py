"""Which things "it", "them", "the others", "another", "the red one" and no word at all mean, and what is asked."""

from __future__ import annotations

import re

import pytest

from sayso.perception.scene import Scene
from sayso.planner.language.coreference import Discourse
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.reading import SAME, Action, Mention, Quantity, Role
from sayso.planner.language.reading import TABLE as TABLE_KIND
from sayso.planner.language.symbolic_state import Surroundings
from sayso.planner.plan import Question, Refusal
from tests.planner.language.said import ALL, IT, R, ask, say
from tests.planner.local_scenes import TABLE, scene, thing

HELD = scene(*TABLE.objects, held="red block")
REDS = scene(thing("red block 1", 0.4, 0.2), thing("red block 2", 0.4, -0.2), thing("green block", 0.5, 0.0),
             thing("blue bowl", 0.6, 0.3), thing("pink bowl", 0.6, -0.3))  # fmt: skip
THEM, REST, ANOTHER, ANY = (
    say("any any", quantity=q) for q in (Quantity.THEM, Quantity.REST, Quantity.ANOTHER, Quantity.ANY)
)
WHAT_I_HOLD = say("any any", quantity=Quantity.HELD)


def talk(on: Scene = TABLE, last: str | None = None) -> Discourse:
    return Discourse(Surroundings(on), last)


def meant(discourse: Discourse, action: Action, *mentions: Mention) -> list[str]:
    things, _ = discourse.objects_of(ask(action, *mentions))
    return [o.id for o in things]


def answer(discourse: Discourse, action: Action, *mentions: Mention) -> Question | Refusal:
    with pytest.raises(Unresolved) as stopped:
        discourse.objects_of(ask(action, *mentions))
    assert isinstance(stopped.value.answer, (Question, Refusal))
    return stopped.value.answer


def says(answer: Question | Refusal, words: str) -> bool:
    return re.search(words, answer.text if isinstance(answer, Question) else answer.reason) is not None


# The objects of a clause ---------------------------------------------------------------------------------------


def test_a_named_thing_is_itself_and_no_group() -> None:
    things, group = talk().objects_of(ask(Action.PICK, say("red block")))
    assert [o.id for o in things] == ["red block"] and not group


def test_all_are_a_group_in_the_order_in_which_the_hand_takes_them() -> None:
    things, group = talk().objects_of(ask(Action.STACK, ALL))
    assert group and [o.id for o in things] == [o.id for o in Surroundings(TABLE).in_order(things)]


def test_several_named_things_keep_the_order_in_which_they_were_said() -> None:
    assert meant(talk(), Action.STACK, say("blue block"), say("red block")) == ["blue block", "red block"]


def test_a_thing_that_is_said_twice_counts_once() -> None:
    assert meant(talk(), Action.STACK, say("blue block"), say("blue block"), say("red block")) == [
        "blue block", "red block",
    ]  # fmt: skip


def test_without_a_word_for_it_the_thing_spoken_of_last_is_meant() -> None:
    discourse = talk()
    meant(discourse, Action.PICK, say("red block"))
    assert meant(discourse, Action.PUT) == ["red block"]
    assert meant(discourse, Action.PUT, IT) == ["red block"]


def test_before_anything_was_said_it_is_what_the_hand_holds_or_what_was_moved_last() -> None:
    assert meant(talk(HELD, "green block"), Action.PUT) == ["red block"]
    assert meant(talk(TABLE, "green block"), Action.PUT) == ["green block"]
    nothing = answer(talk(), Action.PUT, IT)
    assert says(nothing, "^'put': what do you mean") and isinstance(nothing, Question)
    assert nothing.options == ("red block", "green block", "blue block", "yellow block")


def test_what_the_hand_holds_is_meant_by_what_you_hold() -> None:
    assert meant(talk(HELD), Action.LEFT, WHAT_I_HOLD) == ["red block"]
    assert says(answer(talk(), Action.LEFT, WHAT_I_HOLD), "I am holding nothing")


def test_them_is_the_last_group_else_everything_spoken_of_else_the_antecedent() -> None:
    discourse = talk()
    meant(discourse, Action.PICK, say("red block"))
    meant(discourse, Action.PICK, say("green block"))
    meant(discourse, Action.PICK, say("red block"))
    assert sorted(meant(discourse, Action.PUT, THEM)) == ["green block", "red block"]
    meant(discourse, Action.STACK, say("blue block"), say("yellow block"))
    meant(discourse, Action.PICK, say("red block"))
    assert sorted(meant(discourse, Action.PUT, THEM)) == ["blue block", "yellow block"]
    assert meant(talk(HELD), Action.PUT, THEM) == ["red block"]


def test_what_lies_in_the_bowl_that_it_is_taken_from_is_meant() -> None:
    inside = scene(thing("red block", 0.65, 0.0, 0.03), *TABLE.objects[1:])
    assert meant(talk(inside), Action.LEFT, say("any block"), say("blue bowl", Role.SOURCE)) == ["red block"]


def test_off_the_table_says_nothing_of_what_is_meant() -> None:
    table = say(f"any {TABLE_KIND}", Role.SOURCE)
    assert meant(talk(), Action.PICK, say("red block"), table) == ["red block"]


def test_what_is_left_out_and_what_it_goes_to_is_not_meant() -> None:
    found = meant(talk(), Action.STACK, ALL, say("green block", Role.EXCEPT), say("red block", R))
    assert sorted(found) == ["blue block", "yellow block"]


def test_a_reference_that_may_be_several_things_leaves_out_none() -> None:
    assert len(meant(talk(), Action.ON, ALL, say("any block", R))) == 4


def test_the_others_and_another_are_what_was_not_spoken_of() -> None:
    discourse = talk()
    meant(discourse, Action.PICK, say("red block"))
    assert sorted(meant(discourse, Action.STACK, REST)) == ["blue block", "green block", "yellow block"]
    twins = talk(REDS)
    meant(twins, Action.PICK, say("red block", quantity=Quantity.ANY))
    first = twins.objects[0][0].id
    (second,) = meant(twins, Action.PICK, say("red block", quantity=Quantity.ANOTHER))
    assert {first, second} == {"red block 1", "red block 2"}


def test_a_bowl_cannot_be_picked_up() -> None:
    assert says(answer(talk(), Action.PICK, say("any bowl")), "too wide for my gripper. I can pick up blocks only")


def test_what_was_to_be_left_alone_is_asked_about() -> None:
    discourse = talk()
    discourse.spare([say("red block")])
    assert discourse.spared == {"red block"}
    asked = answer(discourse, Action.PICK, say("red block"))
    assert says(asked, "You also told me to leave the red block alone") and isinstance(asked, Question)
    assert asked.options == ("yes", "no")
    assert sorted(meant(discourse, Action.STACK, ALL)) == ["blue block", "green block", "yellow block"]


@pytest.mark.parametrize("quantity", [Quantity.THE, Quantity.ANY])
def test_a_thing_is_not_put_on_itself(quantity: Quantity) -> None:
    found = answer(talk(), Action.ON, say("red block", quantity=quantity), say("red block", R))
    assert isinstance(found, Refusal) and says(found, "cannot put the red block in, on or beside itself")


def test_two_words_for_the_thing_that_it_goes_to_leave_nothing_to_do() -> None:
    found = answer(talk(), Action.ON, say("red block"), say("red block"), say("red block", R))
    assert isinstance(found, Refusal) and says(found, "I cannot do 'put on' with a thing and itself")


def test_all_of_a_kind_on_the_only_one_there_is_are_none() -> None:
    found = answer(talk(), Action.ON, say("green block", quantity=Quantity.ALL), say("green block", R))
    assert isinstance(found, Question) and says(found, "I see no green block")


def test_what_nobody_sees_is_asked_about() -> None:
    assert says(answer(talk(), Action.PICK, say("purple block")), "I see no purple block; I see the red block, ")


# Of several that fit -----------------------------------------------------------------------------------------


def test_as_many_as_were_said_are_taken_where_they_all_fit() -> None:
    assert sorted(meant(talk(REDS), Action.STACK, say("red block", number=2))) == ["red block 1", "red block 2"]
    some = meant(talk(), Action.STACK, say("any block", quantity=Quantity.ANY, number=2))
    assert some == ["green block", "red block"], "the nearest to the tool"


def test_fewer_than_were_said_are_asked_about() -> None:
    few = answer(talk(REDS), Action.STACK, say("red block", number=3))
    assert says(few, "I see only the left red block and the right red block. Which ones")
    every = answer(talk(REDS), Action.STACK, say("red block", quantity=Quantity.ALL, number=3))
    assert says(every, "I see only")


def test_of_several_the_held_one_is_put() -> None:
    held = scene(*REDS.objects, held="red block 2")
    assert meant(talk(held), Action.LEFT, say("red block")) == ["red block 2"]
    assert says(answer(talk(held), Action.PICK, say("red block")), "Which red block do you mean")


def test_of_several_the_one_spoken_of_is_meant() -> None:
    discourse = talk(REDS)
    discourse.objects.append([REDS.objects[1]])
    assert meant(discourse, Action.LEFT, say("red block")) == ["red block 2"]


def test_one_without_a_kind_is_of_the_kind_spoken_of_last() -> None:
    things = scene(thing("red block", 0.4, 0.2), thing("green block", 0.4, -0.2), thing("green bowl", 0.6, 0.0))
    discourse = talk(things)
    meant(discourse, Action.PICK, say("red block"))
    assert meant(discourse, Action.PICK, say("green any")) == ["green block"]


def test_of_several_that_nothing_tells_apart_a_person_chooses() -> None:
    discourse = talk(REDS)
    meant(discourse, Action.PICK, say("green block"))
    asked = answer(discourse, Action.LEFT, say("red block"))
    assert isinstance(asked, Question) and asked.options == ("left red block", "right red block")
    assert says(answer(discourse, Action.LEFT, say("red any")), "Which red any do you mean"), "of one kind, but two"


# What it goes to -----------------------------------------------------------------------------------------------


def references(discourse: Discourse, action: Action, *mentions: Mention, of: str = "green block") -> list[str]:
    thing = discourse.around.scene.find(of)
    assert thing is not None
    return [o.id for o in discourse.references_of(ask(action, *mentions), thing, [thing])]


def unclear(discourse: Discourse, action: Action, *mentions: Mention, of: str = "green block") -> Question | Refusal:
    with pytest.raises(Unresolved) as stopped:
        references(discourse, action, *mentions, of=of)
    assert isinstance(stopped.value.answer, (Question, Refusal))
    return stopped.value.answer


def test_a_place_is_remembered_for_what_comes_after() -> None:
    discourse = talk()
    assert references(discourse, Action.IN, say("pink bowl", R)) == ["pink bowl"]
    assert [o.id for o in discourse.places] == ["pink bowl"]
    assert references(discourse, Action.IN, say("any bowl", R)) == ["pink bowl"], "of two, the one spoken of"
    assert references(discourse, Action.IN, say("any any", R, Quantity.IT)) == ["pink bowl"]


def test_the_bowl_of_the_same_color_is_that_of_the_thing() -> None:
    assert references(talk(), Action.IN, say(f"{SAME} bowl", R), of="blue block") == ["blue bowl"]


def test_in_the_green_one_is_in_a_container_and_on_it_is_on_none() -> None:
    things = scene(thing("green block", 0.4, 0.2), thing("green bowl", 0.6, 0.0), thing("red block", 0.5, -0.2))
    one = say("green any", R)
    assert references(talk(things), Action.IN, one, of="red block") == ["green bowl"]
    assert references(talk(things), Action.ON, one, of="red block") == ["green block"]
    assert says(unclear(talk(things), Action.LEFT, one, of="red block"), "Which green any")
    assert references(talk(), Action.IN, say("red any", R)) == ["red block"], "there is no red container"


def test_another_is_a_place_that_was_not_used() -> None:
    discourse = talk()
    references(discourse, Action.IN, say("pink bowl", R))
    assert references(discourse, Action.IN, say("any bowl", R, Quantity.ANOTHER)) == ["blue bowl"]
    assert references(talk(), Action.IN, say("pink bowl", R, Quantity.ANOTHER)) == ["pink bowl"]
    used = talk()
    references(used, Action.IN, say("pink bowl", R))
    assert references(used, Action.IN, say("pink bowl", R, Quantity.ANOTHER)) == ["pink bowl"], "there is no other"


def test_any_is_the_nearest_to_the_tool() -> None:
    (first,) = references(talk(), Action.IN, say("any bowl", R, Quantity.ANY))
    assert first == Surroundings(TABLE).in_order([TABLE.objects[4], TABLE.objects[5]])[0].id


def test_of_two_places_that_fit_a_person_chooses() -> None:
    assert says(unclear(talk(), Action.IN, say("any bowl", R)), "Which bowl do you mean")


def test_a_bowl_that_was_to_be_left_alone_is_used_only_if_a_person_says_so() -> None:
    discourse = talk()
    discourse.spare([say("blue bowl")])
    assert says(unclear(discourse, Action.IN, say("blue bowl", R)), "leave the blue bowl alone. Shall I use it?")
    assert references(discourse, Action.IN, say("any bowl", R)) == ["pink bowl"]
    discourse.spare([say("red block")])
    assert references(discourse, Action.ON, say("red block", R)) == ["red block"], "to stand on does not touch it"


def test_a_place_that_is_the_thing_itself_is_refused() -> None:
    found = unclear(talk(), Action.ON, say("green block", R))
    assert isinstance(found, Refusal) and says(found, "cannot put the green block in, on or beside itself")


def test_a_place_that_nobody_sees_is_asked_about_with_what_it_could_be() -> None:
    found = unclear(talk(), Action.IN, say("red bowl", R))
    assert isinstance(found, Question) and found.options == ("blue bowl", "pink bowl")
    on = unclear(talk(), Action.ON, say("purple block", R))
    assert isinstance(on, Question) and on.options == ("red block", "blue block", "yellow block")


def spoken(discourse: Discourse, *ids: str) -> Discourse:
    found = [discourse.around.scene.find(i) for i in ids]
    discourse.objects += [[o] for o in found if o is not None]
    return discourse


ON_IT = say("any any", R, Quantity.IT)


def test_on_it_is_on_the_last_thing_spoken_of_that_can_carry_it() -> None:
    assert references(spoken(talk(), "red block", "green block"), Action.ON, ON_IT) == ["red block"]
    assert references(spoken(talk(), "red block", "blue bowl"), Action.ON, ON_IT) == ["red block"]
    assert references(spoken(talk(), "green block", "blue bowl"), Action.ON, ON_IT) == ["blue bowl"], (
        "there is no other"
    )


def test_in_it_is_in_a_container() -> None:
    assert references(spoken(talk(), "blue bowl", "red block"), Action.IN, ON_IT) == ["blue bowl"]
    found = unclear(spoken(talk(), "red block"), Action.IN, ON_IT)
    assert isinstance(found, Question) and found.options == ("blue bowl", "pink bowl")
    assert says(found, "What do you mean by 'the any any': blue bowl or pink bowl")


def test_on_it_before_anything_was_said_is_a_question() -> None:
    found = unclear(spoken(talk(), "green block"), Action.ON, ON_IT)
    assert isinstance(found, Question) and "green block" not in found.options and "blue bowl" in found.options
