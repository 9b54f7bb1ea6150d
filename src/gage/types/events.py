"""Events that a room sends to a face. A face passes an implementation down; a room never prints."""

from typing import Protocol


class Events(Protocol):
    """Receives events while a room works. Every method returns at once and never raises."""

    def step(self, name: str) -> None:
        """Reports that a step (`runner.STEPS`) begins."""

    def output(self, stream: int, data: bytes) -> None:
        """Sends `data` that the program wrote to `stream` (1 = standard output, 2 = standard error)."""

    def notice(self, text: str) -> None:
        """Sends a notice to the user that is not an error."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Reports that `done` of `total` bytes or items of the task `what` are ready."""


class SilentEvents:
    """Ignores all events."""

    def step(self, name: str) -> None:
        """Does nothing."""

    def output(self, stream: int, data: bytes) -> None:
        """Does nothing."""

    def notice(self, text: str) -> None:
        """Does nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Does nothing."""
