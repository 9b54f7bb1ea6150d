"""Labels before values: `RF` in `RF  R2 0.9`, `trn` and `tst` in `trn: loss 0.5  tst: loss 0.6`.

Knows the text around names with numbers. Does not know which names are metrics.
"""

import re
from collections.abc import Container, Iterable, Sequence

from gage.metrics.name_bars import join_words

# the end of: INFO  RF (mean of 3): · 0.5 | test set - · arm A:
_LABEL = re.compile(
    r"(?:^(?:\W*\[[^\[\]]*\])?\W*|[|,;]|\s-|\s\s)\s*(?P<label>[^\W\d][\w+&/.'@-]*(?: [\w+&/.'@-]+){0,5})"
    r"(?: ?\([^()]*\)| ?\[[^\[\]]*\])?\s*(?::|\s\s|\t|\||[-=]>|→|\s[-–])\s*$"
)
_BEFORE_NAME = (":", ": ", "  ", "\t", "| ", "> ", "→ ", "- ", "– ", "|")
# INFO · main.eval · fold 3 · Results · Metrics · step
_NO_LABEL = re.compile(
    r"info|debug|warn(?:ing)?|error|[a-z_]+(?:\.[a-z_]+)+|\[?\w+\]?\[\d+\]|.*[ #]\d+(?:/\d+)?|第.*|end of .*|\w+ing .*"
    r"|(?:.* )?(?:epochs?|steps?|iter(?:ation)?s?|rounds?|episodes?|folds?|runs?|seeds?|trials?|splits?|batch|ep|it"
    r"|generation|stage|rank|worker|gpu|process)(?:[#_-]*\d+)?"
    r"|(?:.* )?(?:results?|metrics?|scores?|performance|summary|stats|statistics|done|finished|end|output|report|log"
    r"|evaluation|evaluating)",
    re.I,
)


def find_label(gap: str) -> str:
    """Returns the label at the end of the text between a value and the next name; "" if there is none."""
    if len(gap) < 3 or not gap.endswith(_BEFORE_NAME):
        return ""
    match = _LABEL.search(gap[-80:])
    label = match["label"].strip() if match else ""
    return label if is_label(label) else ""


def is_label(text: str) -> bool:
    """Returns whether a text may part series: it is not a counter, and not a general word such as `Results`."""
    return _NO_LABEL.fullmatch(text) is None


def add_label(label: str, name: str) -> str:
    """Returns a name with a label in front."""
    return f"{join_words(label)}/{name}"


def find_last_label(gaps: Sequence[str]) -> str:
    """Returns the last label in the texts before names; "" if there is none."""
    return next(filter(None, map(find_label, reversed(gaps))), "")


def add_labels(values: list[tuple[int, str, float]], gaps: Sequence[str]) -> list[tuple[str, float]]:
    """Returns the names and values. A name that comes twice gets its label. `values` has the number of gaps up to each
    name, the name and the value.
    """
    if len(values) < 2:
        return [(name, value) for _, name, value in values]
    names = [name for _, name, _ in values]
    if len(set(names)) == len(names):
        return [(name, value) for _, name, value in values]
    labels = [find_last_label(gaps[:count]) if names.count(name) > 1 else "" for count, name, _ in values]
    return [
        (add_label(label, name) if label else name, value)
        for label, (_, name, value) in zip(labels, values, strict=True)
    ]


class LabelledRows:
    """Lines with a label: values of the same names belong to different series if their labels differ.

    Holds the values of a first label until another one shows whether the label belongs to the names.
    """

    def __init__(self) -> None:
        self.label = ""
        self._held: list[tuple[str, float]] = []
        self._names: set[str] = set()
        self._are_parted = False

    def add(self, label: str, pairs: Sequence[tuple[str, float]], known: Container[str]) -> list[tuple[str, float]]:
        """Adds values below a label, and returns those that are clear now, with their names."""
        names = {name for name, _ in pairs}
        if label == self.label:
            self._names |= names
            if self._are_parted:
                return [(add_label(label, name), value) for name, value in pairs]
            self._held += pairs
            return []
        is_next = bool(names & self._names)
        clear = self.take(with_label=is_next)
        self._are_parted = is_next or any(name.lower() in known for name in names)
        self.label, self._names = label, names
        if self._are_parted:
            return clear + [(add_label(label, name), value) for name, value in pairs]
        self._held = list(pairs)
        return clear

    @property
    def has_held(self) -> bool:
        """Returns whether values are held."""
        return bool(self._held)

    def continues(self, label: str, pairs: Sequence[tuple[str, float]]) -> bool:
        """Returns whether a line belongs to the rows whose values are held."""
        return bool(label) and (label == self.label or self.has_any(pairs))

    def has_any(self, pairs: Iterable[tuple[str, float]]) -> bool:
        """Returns whether a name of `pairs` is among the held ones."""
        return any(name in self._names for name, _ in pairs)

    def take(self, with_label: bool = False) -> list[tuple[str, float]]:
        """Removes the held values and returns them."""
        held, self._held = self._held, []
        return [(add_label(self.label, name), value) for name, value in held] if with_label else held
