"""The line of input at the bottom: the user types a filter, a label, tags, a comment or the name of a column. Tab
completes, as in a shell.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from textual.widgets import Input

from gage.cli.completion.context import CompletionItems, make_item

Complete = Callable[[str], CompletionItems]
"""Takes the text before the cursor, and returns the texts that it may become."""

_LAST_WORD = re.compile(r"[^\s(\[,=]*$")


def _offer_nothing(text: str) -> CompletionItems:
    return []


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the user: its title, the first text, and the functions that take and complete the answer."""

    title: str
    accept: Callable[[str], None]
    text: str = ""
    complete: Complete = _offer_nothing


def complete_words(words: Iterable[str]) -> Complete:
    """Returns a function that completes the last word of a text to one of `words`."""
    known = sorted(words)

    def complete(text: str) -> CompletionItems:
        start = text.rpartition(" ")[2]
        before = text[: len(text) - len(start)]
        return [make_item(before + word) for word in known if word.startswith(start)]

    return complete


def _find_shared_prefix(offers: CompletionItems) -> str:
    """Returns the start that all offered texts have in common."""
    texts = [item.value for item in offers]
    low, high = min(texts, default=""), max(texts, default="")
    return low[: next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]


class Prompt(Input):
    """A line of input. `offers` are the texts that the text before the cursor may become; `chosen` is the number of the
    offer that Tab inserted.
    """

    def __init__(self) -> None:
        super().__init__(compact=True)
        self.offers: CompletionItems = []
        self.chosen: int | None = None
        self._complete: Complete = _offer_nothing

    def start(self, question: Question) -> None:
        """Shows the line and takes the keys."""
        self._complete = question.complete
        self.value = question.text
        self.cursor_position = len(question.text)
        self.chosen = None
        self.focus()

    def find_offers(self) -> None:
        """Looks for texts that the present text may become, unless it is the offer that Tab inserted."""
        before = self.value[: self.cursor_position]
        if self.chosen is None or before != self.offers[self.chosen].value:
            self.offers, self.chosen = self._complete(before), None

    def list_words(self) -> tuple[str, ...]:
        """Returns the words that Tab can insert at the cursor."""
        start = len(_LAST_WORD.sub("", _find_shared_prefix(self.offers)))
        return tuple(item.value[start:] for item in self.offers)

    def insert_offer(self, step: int) -> None:
        """Completes the word at the cursor as far as all offers agree; then inserts the next or previous offer."""
        if not self.offers:
            return
        common = _find_shared_prefix(self.offers)
        if self.chosen is None and len(common) > self.cursor_position:
            is_whole = len(self.offers) == 1 and not self.offers[0].is_open
            self._insert(f"{common} " if is_whole else common)
            return
        before = self.chosen if self.chosen is not None else -1 if step > 0 else 0
        self.chosen = (before + step) % len(self.offers)
        self._insert(self.offers[self.chosen].value)

    def _insert(self, text: str) -> None:
        """Replaces the text before the cursor."""
        self.value = text + self.value[self.cursor_position :]
        self.cursor_position = len(text)
