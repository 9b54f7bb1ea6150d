"""How a room tells a face what happens. A face passes an implementation down; a room never prints."""

from typing import Protocol


class Events(Protocol):
    """What may happen while a room works. Every method returns at once and never raises."""

    def step(self, name: str) -> None:
        """A step (`runner.STEPS`) begins."""

    def output(self, stream: int, data: bytes) -> None:
        """The program wrote `data` to `stream` (1 = standard output, 2 = standard error)."""

    def notice(self, text: str) -> None:
        """Something the user should know that is no error."""

    def progress(self, what: str, done: int, total: int) -> None:
        """`done` of `total` bytes or things of long work `what` are ready."""


class SilentEvents:
    """Events for nobody."""

    def step(self, name: str) -> None:
        """Say nothing."""

    def output(self, stream: int, data: bytes) -> None:
        """Say nothing."""

    def notice(self, text: str) -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Say nothing."""
