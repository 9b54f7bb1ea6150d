"""The line of input at the bottom: the user types a filter, a label, tags, a comment or the name of a column."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from textual.suggester import Suggester
from textual.widgets import Input


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the user: its title, the first text, the function that takes the answer, and words to suggest."""

    title: str
    accept: Callable[[str], None]
    text: str = ""
    words: tuple[str, ...] = ()


class WordSuggester(Suggester):
    """Completes the last word of the text."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._words = sorted(words)

    async def get_suggestion(self, value: str) -> str | None:
        """Returns the text with its last word completed, None if no word starts like it."""
        last = value.rpartition(" ")[2].rpartition("(")[2]
        if not last:
            return None
        word = next((each for each in self._words if each.startswith(last) and each != last), None)
        return None if word is None else value + word[len(last) :]


class Prompt(Input):
    """A line of input."""

    def start(self, question: Question) -> None:
        """Shows the line and takes the keys."""
        self.suggester = WordSuggester(question.words) if question.words else None
        self.value = question.text
        self.cursor_position = len(question.text)
        self.focus()
