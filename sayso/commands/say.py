"""``sayso say``: a correction to the arm that is moving."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sayso.commands.stop import stop_all
from sayso.commands.terminal.at_once import Arguments
from sayso.commands.terminal.text import clean_text
from sayso.commands.terminal.viewpoint import HELP, viewpoint_yaw
from sayso.planner.corrections.text import is_stop
from sayso.runtime.hearing.after_stop import goes_on
from sayso.runtime.hearing.command_client import MAX_PHRASE
from sayso.runtime.hearing.command_client import say as say_to_session

TEXT = """Correct the running session in words, or answer its question; with several sessions, name one.
The session answers in one line what it understood. A phrase that is surely a stop stops all sessions.

Example: sayso say "no, the green one"
An answer to "Where shall I put the red block?": sayso say "in the pink bowl\""""


def say(arguments: Sequence[str]) -> int:
    """Send a phrase to the session, print what it understood, and return the exit code."""
    parser = Arguments("say", TEXT)
    parser.add_argument("phrase", metavar="PHRASE", help="what you would tell the arm, in quotes")
    parser.add_argument("--viewpoint", metavar="facing|behind|DEGREES", help=f"{HELP} It holds until the next one.")
    parser.add_argument("--json", action="store_true", help="report as JSON on stdout")
    given = parser.parse_args(arguments)
    phrase = clean_text(given.phrase, "the phrase", MAX_PHRASE)
    if is_stop(phrase, sure=True) and not goes_on(phrase):  # "my sleeve is out, go on" is the session's to judge
        return stop_all(given.session, given.robot)
    yaw = None if given.viewpoint is None else viewpoint_yaw(given.viewpoint)
    heard = say_to_session(phrase, given.session, given.robot, yaw)
    if given.json:
        print(json.dumps({"session": heard.session.id, "level": heard.level, "understood": heard.understood}))
    else:
        print(heard.understood or "said")
    return 0
