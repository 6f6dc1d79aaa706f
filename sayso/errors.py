"""The errors that a user can mend: the command line prints them as one line and ends with exit code 2."""


class UserError(Exception):
    """Something given from outside is wrong; the message is one line that says what, where and what is allowed."""
