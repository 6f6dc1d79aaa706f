"""Removes passwords, tokens and keys from addresses before they are shown or logged."""

from __future__ import annotations

import re

HIDDEN = "***"
# Query keys whose values stay visible; the value of any other key may be a secret.
_HARMLESS = re.compile(
    "(?i)action|api-version|bitrate|cam|camera|ch|chan|channel|codec|compression|device|dev|fmt|format|fps|framerate|h|"
    "height|id|img|index|input|lens|mode|name|nr|number|overlay|port|profile|proto|protocol|q|quality|res|resolution|"
    "rotation|size|snap|source|stream|streamid|streamtype|subtype|track|transport|type|unicast|user|username|v|version|"
    "video|view|w|width"
)
_IPV4 = r"(?:\d{1,3}\.){3}\d"
_PLAIN = re.compile(r"%(?:3[0-9dD]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA]|2[dD])")  # letters, digits, - _ =
# Up to the last @, because passwords may contain @ and /. A user part without a colon is a token: also secret.
_USER = re.compile(r"(?<=[a-zA-Z0-9])(:/+)\S*@")
# A password with a blank: up to the next @ in the same clause of the sentence.
_BLANK_USER = re.compile(r"(?<=[a-zA-Z0-9])(:/+)[^\s/@:]*:(?:(?![;:,.]\s)[^@/]){1,80}@")
_NO_SCHEME = re.compile(
    rf"(?<![^\s'\"(=,])((?:[\w-]+=)?(?:(?:openai|anthropic|motions):[^\s@]*@)?)(?!(?:openai|anthropic|motions):)"
    rf"(?:[^\s@:/'\"(]+:[^\s/]\S*@|[^\s@/'\"(]+:(?!\s)[^@/;,]{{1,80}}@(?={_IPV4})|[^\s/'\"(]+@(?={_IPV4}))"
)
_URL = re.compile(r"(?<!\S)(?:\S*[a-zA-Z0-9]:/+\S+|\S*@[^\s@]*[?]\S*)")
_SETTING = re.compile(
    r"(?i)(?<![a-z0-9])((?:[a-z]*[-_]?)?(?:pass?(?:w(?:or)?d?|phrase|code)?|pwd|psw|pw|token|secret|jwt|session(?:[-_]?id)?|"
    r"sid|auth|sig(?:nature)?|credentials?)|(?:(?:api|access|secret|private|auth)[-_]?)?key)=[^&;/?#\s'\"]*"
)
_VALUE = re.compile(r"(?<=[?&;#])([^=&;#?\s'\"]+)=([^&;#\s'\"]*)")


def without_password(text: str) -> str:
    """Return ``text`` with every user, password, token and key in its addresses replaced by `HIDDEN`.

    In a URL's query, only the keys in `_HARMLESS` keep their values.
    """
    return _URL.sub(_hidden_settings, _NO_SCHEME.sub(rf"\1{HIDDEN}@", _without_users(text)))


def _without_users(text: str) -> str:
    return _BLANK_USER.sub(rf"\1{HIDDEN}@", _USER.sub(rf"\1{HIDDEN}@", text))


def _hidden_settings(url: re.Match[str]) -> str:
    plain = _PLAIN.sub(lambda code: chr(int(code[0][1:], 16)), url[0])
    return _SETTING.sub(rf"\1={HIDDEN}", _VALUE.sub(_hidden_value, plain))


def _hidden_value(setting: re.Match[str]) -> str:
    return setting[0] if _HARMLESS.fullmatch(setting[1]) else f"{setting[1]}={HIDDEN}"
