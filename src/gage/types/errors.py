"""The errors that rooms raise. A face turns them into text and an exit code."""


class GageError(Exception):
    """An error that the user can act on.

    `message` starts with a capital letter, and has no full stop if it is one sentence. `hint` is what to do, with the
    exact command if there is one. `code` is the exit code of the command.
    """

    code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GageError):
    """The command line is invalid."""

    code = 2


class NotFound(GageError):
    """A named run, operation, file or topic does not exist."""


class Ambiguous(GageError):
    """A name or prefix matches several objects where one is needed."""


class ConfigError(GageError):
    """An assignment or a value in a user's file is invalid. Raised before anything is created."""


class StoreError(GageError):
    """The store cannot be read or written (permissions, disk full, a newer format)."""


class RunFailed(GageError):
    """A step of a run failed; `code` is the exit code to pass on."""

    def __init__(self, message: str, hint: str = "", code: int = 1) -> None:
        super().__init__(message, hint)
        self.code = code
