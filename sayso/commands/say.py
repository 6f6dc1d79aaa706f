"""``sayso say``: a correction to the arm that is moving."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sayso.commands.stop import stop_all
from sayso.commands.terminal.at_once import Arguments
from sayso.commands.terminal.text import clean_text
from sayso.planner.corrections.text import is_stop
from sayso.runtime.command_client import MAX_PHRASE
from sayso.runtime.command_client import say as say_to_session

TEXT = """Say something to the session that is under way, or answer its question; if there are several, name one.
The session answers in one line what it understood. A phrase that is surely a stop stops all sessions.

Examples:
  sayso say "a bit to the left"
  sayso say "no, the green one"
  sayso say "in the pink bowl"    (after: Where shall I put the red block?)"""


def say(arguments: Sequence[str]) -> int:
    """Send a phrase to the session, print what it understood, and return the exit code."""
    parser = Arguments("say", TEXT)
    parser.add_argument("phrase", metavar="PHRASE", help="what you would tell the arm, in quotes")
    parser.add_argument("--json", action="store_true", help="report as JSON on stdout")
    given = parser.parse_args(arguments)
    phrase = clean_text(given.phrase, "the phrase", MAX_PHRASE)
    if is_stop(phrase, sure=True):
        return stop_all(given.session, given.robot)
    heard = say_to_session(phrase, given.session, given.robot)
    if given.json:
        print(json.dumps({"session": heard.session.id, "level": heard.level, "understood": heard.understood}))
    else:
        print(heard.understood or "said")
    return 0
