# ruff: noqa: E501  # a test is a line
"""What the shipped reader reads otherwise than a test of ours wants.

A training that mends one of these takes it out here; pytest calls it XPASS. Processors round a doubtful reading
differently, so a listed test that passes is no failure.
"""

from __future__ import annotations

MISREAD = {
    # It stops where nothing asks for it.
    "test_changes.py::test_what_is_only_a_way_or_a_pace_leaves_nothing_out[only up]",
    "test_heard.py::test_words_that_nobody_knows_stop_nothing_and_are_asked_about[grommit the flarp]",
    "test_heard.py::test_a_plain_question_is_no_stop[who are you?]",
    "test_spared_stops.py::test_what_warns_of_nothing_is_no_cry[on the right hand side]",
    "test_operator.py::test_a_stopped_arm_says_what_it_waits_for[sing]",
    # It asks, or understands nothing.
    "test_exchanged.py::test_what_is_taken_back_is_exchanged[no, next to it, on the left-steps9-red block-left_of gray block]",
    "test_reader.py::test_motions[too far from the yellow bowl]",
    "test_reader.py::test_motions_with_something_missing_are_asked_about[turn-turn which way]",
    "test_reader.py::test_of_several_the_one_at_hand_is_meant",
    "test_reader.py::test_another_object_instead[no, pick up the green block]",
    "test_spelling.py::test_it_is_read_as_the_plain_words[wat aboot the green one-what about the green one]",
    "test_spelling.py::test_a_misspelt_turn_turns_the_hand_and_sweeps_nothing[rotaet the grippre right]",
    "test_answers.py::test_an_answer_leads_to_a_plan[pick up the block-go for the one nearest to me, will you-pick up the green block]",
    "test_answers.py::test_an_answer_leads_to_a_plan[put the block in the blue bowl-the green one, and put it in the pink bowl-put the green block in the pink bowl]",
    "test_answers.py::test_an_answer_may_leave_another_question",
    "test_modality.py::test_the_clause_is_quoted",
    "test_in_a_row.py::test_each_half_of_a_condition_is_done_as_it_is_said[if the red block is in the blue bowl go home, otherwise point at it-wanted1]",
    "test_tails.py::test_a_sentence_is_planned_from_its_first_step_to_its_last[go to the red block-wanted5]",
    "test_tails.py::test_a_sentence_is_planned_from_its_first_step_to_its_last[can you show me where the blue bowl is?-wanted6]",
    "test_tails.py::test_a_sentence_is_planned_from_its_first_step_to_its_last[put the red block in the blue bowl, wait till I say now, then go home-wanted9]",
    "test_mashed.py::test_what_may_be_a_stop_stops[simama]",
    "test_mashed.py::test_what_may_be_a_stop_stops[foobar]",
    # It does one of two things that are meant where a question was wanted.
    "test_local.py::test_a_plan[Before you put the red block in the blue bowl, move the green block to the left]",
    "test_changes.py::test_a_question_about_what_is_refused_says_what_each_answer_leaves_to_do",
    "test_kinds.py::test_a_direction_that_is_taken_back_is_not_gone_to_unasked[go down, no, the other way]",
    "test_answers.py::test_a_weak_reading_is_quoted",
    "test_answers.py::test_why_an_answer_fits_nothing_is_said",
    "test_talk.py::test_a_remark_names_nothing[call me Bob]",
    "test_watch.py::test_a_correction_that_breaks_a_constraint_is_asked_about_and_yes_lets_the_constraint_fall",
    # It takes a statement for an order.
    "test_cries.py::test_an_idiom_or_a_statement_moves_nothing[the green one is wrong]",
    "test_spared_stops.py::test_no_plan_is_made_of_what_is_no_order[the red block can wait, blue bowl too]",
}  # fmt: skip
"""Tests by file, name and case."""
NEGATED = {
    "negated_dev.json": [
        "the red block is too big to go in the blue bowl",
        "pick up the red or the yellow block",
        "right, good",
    ],
    "negated_first.json": [
        "Hold your horse, I am not ready jet.",
        "Pick up the blue block, would you, without so much as brushing against the green, no wait, the yellow one, the yellow block, without brushing against that.",
    ],
    "negated_second.json": ["Yeah, because what the world needs right now is a green block on top of a yellow block."],
    "negated_third.json": ["nah not red i meant blue, same bowl tho"],
}
"""Sentences of the sets of negated orders that it carries out although nothing or something else is wanted."""
