"""``sayso say``: a correction to the arm that is moving."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.commands.stop import stop_all
from sayso.commands.terminal.at_once import Arguments
from sayso.commands.terminal.text import clean_text
from sayso.planner.corrections.text import is_stop
from sayso.runtime.command_client import MAX_PHRASE
from sayso.runtime.command_client import say as say_to_session

TEXT = """Say something to the session that is under way; if there are several, name one.
A phrase that is surely a stop stops all of them, as sayso stop does.

Example: sayso say "no, the green one\""""


def say(arguments: Sequence[str]) -> int:
    """Send a phrase to the session and return the exit code."""
    parser = Arguments("say", TEXT)
    parser.add_argument("phrase", metavar="PHRASE", help="what you would tell the arm, in quotes")
    given = parser.parse_args(arguments)
    phrase = clean_text(given.phrase, "the phrase", MAX_PHRASE)
    if is_stop(phrase, sure=True):
        return stop_all(given.session, given.robot)
    say_to_session(phrase, given.session, given.robot)
    print("said")
    return 0
