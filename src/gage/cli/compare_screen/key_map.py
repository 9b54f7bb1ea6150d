"""The keys of the screen and what they do. The page of keys and the footer show the same table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

Action = Literal[
    "up", "down", "left", "right", "page_up", "page_down", "half_up", "half_down", "top", "bottom", "open", "back",
    "close", "filter", "next_match", "previous_match", "sort_up", "sort_down", "add_sort", "differing",
    "choose_column", "hide", "move_left", "move_right", "pin", "width", "reducer", "group_seeds", "group_column",
    "select", "select_all", "baseline", "curves", "diff", "copy", "save", "mark", "label", "tag", "comment", "delete",
    "undo", "reload", "next_tab", "previous_tab", "smooth", "log_scale", "filter_metrics", "mouse", "keys",
]  # fmt: skip


class KeyHelp(NamedTuple):
    """One line of the help: its keys as a user reads them, a description, and the action of each key by its name."""

    label: str
    text: str
    actions: Mapping[str, Action]


KEY_GROUPS: Final[Mapping[str, tuple[KeyHelp, ...]]] = MappingProxyType(
    {
        "Move": (
            KeyHelp("↑ ↓  k j", "previous, next run", {"up": "up", "k": "up", "down": "down", "j": "down"}),
            KeyHelp("← →  h l", "previous, next column", {"left": "left", "h": "left", "right": "right", "l": "right"}),
            KeyHelp("PgUp PgDn", "one page", {"pageup": "page_up", "pagedown": "page_down"}),
            KeyHelp("Ctrl-U Ctrl-D", "half a page", {"ctrl+u": "half_up", "ctrl+d": "half_down"}),
            KeyHelp("g G", "first, last run", {"g": "top", "G": "bottom", "home": "top", "end": "bottom"}),
            KeyHelp("Enter", "details of the run", {"enter": "open"}),
            KeyHelp("Tab", "next details: curves, config, output, …", {"tab": "next_tab", "shift+tab": "previous_tab"}),
            KeyHelp("Esc q", "one level back: page, filter, selection; q: quit", {"escape": "close", "q": "back"}),
        ),
        "Find": (
            KeyHelp("/", "filter, as in --where; an empty one shows all runs", {"/": "filter"}),
            KeyHelp("n N", "next, previous match of the last filter", {"n": "next_match", "N": "previous_match"}),
            KeyHelp("[ ]", "sort by the column, lowest, highest first", {"[": "sort_up", "]": "sort_down"}),
            KeyHelp("s", "sort by a further column: up, down, off", {"s": "add_sort"}),
            KeyHelp(
                "x X", "a row for runs that differ in seed, have one value", {"x": "group_seeds", "X": "group_column"}
            ),
        ),
        "Columns": (
            KeyHelp("=", "columns that differ, or all", {"=": "differing"}),
            KeyHelp("+ -", "show a column by its name, hide this one", {"+": "choose_column", "-": "hide"}),
            KeyHelp("< >", "move the column", {"<": "move_left", ">": "move_right"}),
            KeyHelp("p", "pin the column at the left, or no longer", {"p": "pin"}),
            KeyHelp("_", "width: automatic, full, narrow", {"_": "width"}),
            KeyHelp("z", "of a metric: last, min, max, mean, first", {"z": "reducer"}),
        ),
        "Runs": (
            KeyHelp("Space a", "select the run, all or none", {"space": "select", "a": "select_all"}),
            KeyHelp("b", "compare all runs with this one, or no longer", {"b": "baseline"}),
            KeyHelp("c", "curves of the selected runs", {"c": "curves"}),
            KeyHelp("d", "diff of the selected runs, or of baseline and run", {"d": "diff"}),
            KeyHelp("m L t ;", "mark, label, tag, comment", {"m": "mark", "L": "label", "t": "tag", ";": "comment"}),
            KeyHelp("D", "delete (asks)", {"D": "delete"}),
            KeyHelp("y", "copy the name", {"y": "copy"}),
        ),
        "Details": (
            KeyHelp("w", "smooth curves: off, 0.6, 0.9, 0.97", {"w": "smooth"}),
            KeyHelp("e", "logarithmic values", {"e": "log_scale"}),
            KeyHelp("f", "metrics to show, such as val*", {"f": "filter_metrics"}),
        ),
        "Other": (
            KeyHelp("u", "undo: view, label, tag, mark, comment, deletion", {"u": "undo"}),
            KeyHelp("R", "read all runs again", {"R": "reload"}),
            KeyHelp("S", "save the view as a board of the project", {"S": "save"}),
            KeyHelp("M", "mouse on, off (off: the terminal selects text)", {"M": "mouse"}),
            KeyHelp("?", "this page", {"?": "keys"}),
            KeyHelp("Ctrl-C Ctrl-Z", "quit or close the line of input, suspend", {}),
        ),
    }
)
"""The keys by purpose."""

ACTIONS: Final[Mapping[str, Action]] = MappingProxyType(
    {key: action for group in KEY_GROUPS.values() for each in group for key, action in each.actions.items()}
)
"""The action of each key."""
