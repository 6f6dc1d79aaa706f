"""Errors that the user can fix: the command line prints one line and exits with code 2."""

from sayso.hardware.addresses import without_password


class UserError(Exception):
    """Wrong input; the message is one line: what is wrong, where, and what is allowed.

    Passwords in addresses are removed from the message.
    """

    def __init__(self, *parts: object) -> None:
        super().__init__(*(without_password(part) if isinstance(part, str) else part for part in parts))
