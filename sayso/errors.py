"""The errors that a user can mend: the command line prints them as one line and ends with exit code 2."""

from sayso.hardware.addresses import without_password


class UserError(Exception):
    """Something given from outside is wrong; the message is one line that says what, where and what is allowed.

    Passwords in addresses are left out of it.
    """

    def __init__(self, *parts: object) -> None:
        super().__init__(*(without_password(part) if isinstance(part, str) else part for part in parts))
