"""Addresses as they may be shown and written down: without what opens them to others."""

from __future__ import annotations

import re

HIDDEN = "***"
_URL = re.compile(r"\S*://\S+")
# Up to the last @: passwords hold @ and / too. Without a colon it is a token, which is as secret.
_USER = re.compile(r"://\S*@")
_SETTING = re.compile(
    r"(?i)(?<![a-z0-9])(pass(?:w(?:or)?d|phrase|wd)?|pwd|psw|pw|(?:access_?)?token|secret|(?:api[-_]?)?key|auth|"
    r"sig(?:nature)?|credentials?)=[^&;/?#\s'\"]*"
)


def without_password(text: str) -> str:
    """``text`` with every user, password, token and key in the URLs in it as `HIDDEN`; the rest stays as it is."""
    return _URL.sub(lambda url: _SETTING.sub(rf"\1={HIDDEN}", _USER.sub(f"://{HIDDEN}@", url[0])), text)
