"""The ways a room says that something is wrong. The face turns them into text and an exit code."""


class GageError(Exception):
    """Something the user can act on.

    `message` starts with a capital and has no full stop when it is one sentence.
    `hint` says what to do, with the exact command to try where there is one.
    `code` is the exit code of the command that meets it.
    """

    code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GageError):
    """The command line asks for something that cannot be."""

    code = 2


class NotFound(GageError):
    """A named thing (run, operation, file, topic) does not exist."""


class Ambiguous(GageError):
    """A name or prefix fits several things where one is needed."""


class ConfigError(GageError):
    """An assignment or a value inside a user's file cannot be used. Raised before anything is made."""


class StoreError(GageError):
    """The store cannot be read or written (permissions, disk full, a newer format)."""


class RunFailed(GageError):
    """A step of a run failed; `code` is the exit code to pass on."""

    def __init__(self, message: str, hint: str = "", code: int = 1) -> None:
        super().__init__(message, hint)
        self.code = code
