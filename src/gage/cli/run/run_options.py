"""The parsed command line of `gage run`, and the request for a run that it makes."""

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gage.cli.global_options import find_current_project, find_runs_dir, get_current_dir
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.project.request import RunRequest

ANY_DEBUGGER = "any"
"""The value of `--debug` without a name: debugpy if it is installed, else pdb."""
DEBUGGERS = ("pdb", "debugpy")


class RunOptions(NamedTuple):
    """The options and arguments of `gage run`, by parameter name; `after_dashes` are the words after `--`."""

    after_dashes: tuple[str, ...] | None
    words: tuple[str, ...]
    yes: bool
    preview: bool
    help_op: bool
    as_json: bool
    label: str | None
    tag: tuple[str, ...]
    attr: tuple[str, ...]
    stage: bool
    start: str | None
    restart: str | None
    resume_from: str | None
    evaluate: tuple[str, ...]
    latest_source: bool
    jobs: int
    max_runs: int | None
    seed: int | None
    zip: bool
    fail_fast: bool
    resume: str | None
    needed: bool
    quiet: bool
    background: bool
    debug: str | None
    run_dir: str | None
    env: tuple[str, ...]
    max_time: str | None
    depends: tuple[str, ...]
    link: tuple[str, ...]

    @property
    def previous_run(self) -> str | None:
        """The run of `--restart` or `--resume-from`; None without them."""
        return self.resume_from if self.restart is None else self.restart

    @property
    def debugger(self) -> str | None:
        """The debugger of `project.debug`: "" for one that is installed, None for no debugger."""
        return "" if self.debug == ANY_DEBUGGER else self.debug

    def build_request(self) -> "RunRequest":
        """Returns the request for the run. Raises UsageError."""
        from gage.project.request import RunRequest

        if self.tag:
            from gage.store.tags import check_tags

            check_tags(self.tag)
        target, assignments = split_target(self.words)
        _reject_other_words(self.words, assignments)
        has_target = bool(target) or self.previous_run is not None
        if self.after_dashes == () and not has_target:
            raise UsageError("Missing command after --", "Try: gage run -- make all")
        return RunRequest(
            target=target,
            command=() if has_target else self.after_dashes or (),
            arguments=self.after_dashes if has_target else None,
            assignments=assignments,
            cwd=get_current_dir(),
            project=find_current_project(),
            store=find_runs_dir(),
            label=self.label or "",
            tags=self.tag,
            attributes=self.attr,
            env=dict(map(_parse_variable, self.env)),
            depends=(*self.depends, *self.link),
            max_time=None if self.max_time is None else _parse_max_time(self.max_time),
            argv=("gage", *sys.argv[1:]),
        )


def complete_debug_option(args: Sequence[str]) -> list[str]:
    """Returns `args` with a value for `--debug`, which may stand alone or before a debugger's name."""
    end = args.index("--") if "--" in args else len(args)
    at = args.index("--debug") if "--debug" in args[:end] else -1
    if at < 0:
        return list(args)
    tool = args[at + 1] if at + 1 < end and args[at + 1] in DEBUGGERS else ""
    return [*args[:at], f"--debug={tool or ANY_DEBUGGER}", *args[at + (2 if tool else 1) :]]


def split_target(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Returns the operation or script ("": none) and the assignments."""
    if not words:
        return "", ()
    if words[0][:1] == "@" or ("=" in words[0] and not Path(words[0]).is_file()):
        return "", tuple(words)
    return words[0], _join_subcommand(words[1:])


def _reject_other_words(words: Sequence[str], assignments: Sequence[str]) -> None:
    """Raises UsageError for a word that is not name=value behind one that is."""
    odd = next((word for word in assignments if "=" not in word and word[:1] != "@"), None)
    if odd is not None:
        from gage.assignments.convert_words import convert_words, join_words

        target = words[: len(words) - len(assignments)] if words[-len(assignments) :] == assignments else words[:1]
        typed = join_words((*target, *convert_words(words[len(target) :])))
        raise UsageError(f"{odd!r} is neither an option nor name=value", f"Try: gage run {typed}")


def _join_subcommand(words: Sequence[str]) -> tuple[str, ...]:
    """Turns `fit lr=0.1` into `command=fit lr=0.1`: leading words without a name are the program's subcommand."""
    bare = list(itertools.takewhile(lambda w: "=" not in w and w[:1] != "@", words))
    return (f"command={' '.join(bare)}", *words[len(bare) :]) if bare else tuple(words)


def _parse_variable(text: str) -> tuple[str, str]:
    """Returns name and value of `NAME=VALUE`. Raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not name or "\x00" in text:
        raise UsageError(f"--env: expected NAME=VALUE, got {text!r}", "Try: --env NAME=VALUE")
    if name[0].isdigit() or any(character.isspace() for character in name):
        raise UsageError(f"--env: {name!r} is not the name of a variable", "A name starts with a letter or _")
    return name, value


def _parse_max_time(text: str) -> float:
    """Returns the seconds of `--max-time`. Raises UsageError."""
    from gage.lib.times import parse_duration

    seconds = parse_duration(text)
    if not seconds:
        raise UsageError(f"--max-time: {text!r} is not a duration", "Try: 90 (seconds), 10m or 2h")
    return seconds
