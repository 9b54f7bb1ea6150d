"""Parses lines of output into values of series: what programs print themselves, or what patterns find.

Knows one program's output, line by line. Does not know where lines come from or where values go.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gage.metrics.held_values import PrintedPreamble, UnchangedParameters, is_measured
from gage.metrics.json_records import (
    TIME_KEYS,
    convert_wrapped_values,
    find_record_phase,
    find_step,
    flatten_numbers,
)
from gage.metrics.languages import replace_characters, replace_step_words
from gage.metrics.line_labels import LabelledRows, find_label
from gage.metrics.log_prefixes import remove_escapes, remove_log_prefix
from gage.metrics.metric_phases import add_phase, find_phase, is_phase_word, strip_phase
from gage.metrics.name_values import MAX_LINE_CHARS, find_pairs
from gage.metrics.parameter_names import (
    has_metric_word,
    is_count,
    is_learning_rate,
    is_metric,
    is_parameter,
    is_scheduled_parameter,
    normalize_parameter,
)
from gage.metrics.printed_boxes import PrintedBox, Row
from gage.metrics.printed_config import (
    STARTS_WITH_PROGRESS,
    PrintedConfig,
    can_be_config,
    has_setting,
    is_config_list,
    remove_config,
)
from gage.metrics.printed_evaluation import PrintedEvaluation
from gage.metrics.printed_headings import PrintedHeading
from gage.metrics.printed_numbers import DecimalCommas, replace_fortran_exponents
from gage.metrics.printed_records import MAX_RECORD_CHARS, PrintedRecord, parse_record
from gage.metrics.printed_tables import PrintedTable
from gage.metrics.step_tracker import StepTracker, split_bar
from gage.metrics.table_headers import can_be_header
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.metrics.output_patterns import OutputPatterns, PatternMatches

MAX_SERIES = 1000
"""Series that output may make."""
MIN_CONFIG_LIST = 3
"""A line with so many values of the config is a list of the config."""
# loss: 0 · acc 1 · {3 · 2/3 · -> · | · epoch
_MAY_HAVE_VALUES = re.compile(
    r"[:=|│]\s*['\"\[]?[-+]?(?:\d|\.\d|nan|inf|tensor|np\.)|(?:[^\W\d]|\))\S{0,12}\s+(?:- )?[-+]?\d|[\[{]\s*\d|\d/\d"
    r"|->|=>|\d\s+=\s+[A-Za-z]|^\s*\d+(?:\.\d+ ?%)?\s+\S|^[\s|│┃#%]*(?:epoch|step|iter|iteration|round|gen|E|#)\b"
    r"|\b(?:f1|m?AP\d)|^\s*[|│┃]",
    re.I,
)
# 3 · nan · inf · Epoch at the start · | at the start
_HAS_NUMBER_OR_HEADER = re.compile(
    r"[0-9]|nan|inf|NaN|Inf|NAN|INF|^[\s|│┃#%]*(?:epoch|Epoch|EPOCH|[Ss]tep|[Ii]ter|[Rr]ound|gen)|^\s*[|│┃]"
)
# Max steps: 1000 · timesteps = 5
_COUNT_OF_STEPS = re.compile(
    r"\W*(?:\w+[ _-]){0,3}(?:steps|iters|iterations|timesteps|episodes|rounds|batch(?: size)?)\s*[:=]\s*[\d,_]+\s*$",
    re.I,
)
# Trial 3: lr=0.1 · best lr=0.1
_TRIAL = re.compile(r"\W*(?:trial|combination|candidate|config(?:uration)?|setting|best)\b", re.I)
# lr=0.1 depth=3 -> score=0.9
_TRIED = re.compile(r"[^>→]*\w=[^>→]*\s(?:->|=>|→)\s+[^\W\d]")
# Best epoch 3: · End. Best Iteration 5:
_BEST_STEP = re.compile(r"(?:\W*\w+\.?)? ?best (?:epoch|iter(?:ation)?|step|round):? ?\d+\s*:", re.I)
# wandb: loss 0.5 · restored epoch 3 (val loss 0.5)
_REPEATS = re.compile(r"wandb: |\b(?:restor|reload|load|sav(?:ed|ing)|checkpoint|stopp|resum)", re.I)
# x.c:3: warning: unused · 88 |   double loss = 0.5; · ValueError: loss is nan
_MESSAGE = re.compile(r": (?:warning|note|error): |^\s*\d+ \|\s.*;$|^[A-Z]\w*(?:Error|Exception): ")
# 0.5 · 3. · 5e-05; not 3
_DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)")
# 0.5 · 3 · nan
_NUMBER = re.compile(rf"{_DECIMAL.pattern}|[-+]?(?:\d+|\.\d+|nan|inf|NaN|Infinity)")
# config/lr · params/depth
_CONFIG_PART = re.compile(
    r"(?:^|/)(?:hyper)?(?:config|cfg|params?|parameters|hparams|args|arguments|kwargs|settings|options)/", re.I
)
# | batch 128 |, in a list without signs
_NAME_IN_SEGMENT = re.compile(r"(?:[|,;]|^)\s+([A-Za-z]\w*) [-+\d.e]+(?=\s*(?:[|,;]|$))")


class PrintedValue(NamedTuple):
    """A value of the series `name` at `step`."""

    name: str
    step: int
    value: float


class LineValues(NamedTuple):
    """What is in a line: values of series, and attributes (text that a pattern found)."""

    points: tuple[PrintedValue, ...] = ()
    attributes: Mapping[str, str] = {}


NO_VALUES = LineValues()


class OutputParser:
    """Parses the output of one program.

    `patterns`: name → regular expression; a name that starts with a digit stands for none. None: find what programs
    print themselves. `config` is the run's: a program that prints it first prints no metrics. `parameters`: names of
    further parameters. `notes` says, each once, what went wrong.

    A pattern's named groups name what they find; the group `step` is the step. Without named groups, one group is the
    value of the pattern's name, two are a name and its value. A value that is not a number becomes an attribute.
    """

    def __init__(
        self,
        patterns: Mapping[str, str] | None = None,
        config: Mapping[str, JSONValue] | None = None,
        parameters: Iterable[str] = (),
    ) -> None:
        self.notes: list[str] = []
        self._config: dict[str, float] = {}
        for name, value in (config or {}).items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                self._config[normalize_parameter(name)] = value
        self._parameters = {normalize_parameter(name) for name in (*(config or ()), *parameters)}
        self._names: set[str] = set()
        self._spellings: dict[str, str] = {}
        """Name in lower case → name."""
        self._values: dict[str, tuple[float, float, float]] = {}
        """The last, least and greatest value of each series."""
        self._evaluation = PrintedEvaluation()
        self._last: dict[str, tuple[int, float]] = {}
        self._steps = StepTracker(MAX_SERIES)
        self._table = PrintedTable()
        self._box = PrintedBox()
        self._block = PrintedConfig()
        self._record = PrintedRecord()
        self._rows = LabelledRows()
        self._preamble = PrintedPreamble()
        self._unchanged = UnchangedParameters()
        self._phase = ""
        self._heading = PrintedHeading()
        self._commas = DecimalCommas()
        self._early: list[PrintedValue] = []
        """Points of earlier lines, which became metrics with this one."""
        self._patterns = None if patterns is None else _load_patterns(patterns, self._note)

    def parse_line(self, line: str) -> LineValues:
        """Parses one line without its line feed, as it appears in a terminal (colours may be in it)."""
        if "\x1b" in line:
            line = remove_escapes(line[:MAX_RECORD_CHARS])
        if self._patterns is not None:
            matches = self._patterns.search(line)
            return self._add_matches(matches) if matches is not None else NO_VALUES
        bar, text = split_bar(line)
        if text:
            return LineValues(self._parse_plain_line(bar).points + self._parse_plain_line(text).points)
        return self._parse_plain_line(line)

    def _parse_plain_line(self, line: str) -> LineValues:
        """Parses a line without escape sequences."""
        if self._record.is_open:
            return self._add_record_line(line)
        line = self._commas.replace(replace_step_words(replace_characters(replace_fortran_exponents(line))))
        if (self._block.is_open or can_be_config(line)) and self._block.add_line(
            line, self._has_metric(line), self._steps.is_before_first_step
        ):
            return NO_VALUES
        if self._box.section or line.startswith(("|", "│")):
            if self._box.add_line(line):
                return NO_VALUES
            if self._box.section:
                return LineValues(self._add_row(self._box.close()).points + self.parse_line(line).points)
        if self._record.begins(line):
            return NO_VALUES
        if not line.strip():
            self._preamble.end_block()
        self._heading.read_line(line)
        if not (
            (_HAS_NUMBER_OR_HEADER.search(line) and _MAY_HAVE_VALUES.search(line[:MAX_LINE_CHARS]))
            or self._table.is_open
            or can_be_header(line)
        ):
            return NO_VALUES
        return self._parse_record_line(line) or self._parse_text(line)

    def finish(self) -> LineValues:
        """Returns the values that were held until it was clear that they are metrics: at the end of the output."""
        points: tuple[PrintedValue, ...] = ()
        for line in self._record.take():
            points += self._parse_text(line).points
        points += self._add_values(None, self._evaluation.take()).points
        points += self._add_rows(self._rows.take()).points
        if self._steps.is_before_first_step:
            for name, values in self._preamble.take_results(has_series=bool(self._names)):
                points += tuple(self._add_value(name, value) for value in values if self._has_room(name))
        return LineValues(points) if points else NO_VALUES

    def _add_record_line(self, line: str) -> LineValues:
        """Adds a line to the record over several lines. Lines that turn out not to be one are parsed one by one."""
        if self._record.accepts(line):
            record = self._record.add_line(line)
            return NO_VALUES if record is None else self._parse_record_line(record) or NO_VALUES
        points: tuple[PrintedValue, ...] = ()
        for text in self._record.take():
            points += self._parse_text(text).points
        return LineValues(points + self.parse_line(line).points)

    def _has_metric(self, line: str) -> bool:
        """Returns whether a line that follows printed config has a metric."""
        return self._block.is_open and any(is_metric(name) for name, _ in find_pairs(line).pairs)

    def _parse_text(self, line: str) -> LineValues:
        line = remove_log_prefix(line[:MAX_LINE_CHARS])
        rows = self._table.parse_line(line)
        if rows is not None:
            self._preamble.end_block()
            return LineValues(tuple(point for row in rows for point in self._add_row(row).points))
        line = remove_config(line)
        if (self._steps.is_before_first_step and _COUNT_OF_STEPS.match(line)) or _MESSAGE.search(line):
            return NO_VALUES
        before, pairs = find_pairs(line)
        if numbered := self._heading.parse_numbered_value(line):
            before, pairs = "", numbered
        clear = NO_VALUES
        if pairs and self._rows.has_held and not self._rows.continues(self._find_label(before), pairs):
            are_parted = bool(STARTS_WITH_PROGRESS.match(line)) and self._rows.has_any(pairs)
            clear = self._add_rows(self._rows.take(with_label=are_parted))
        if not pairs or not clear.points:
            return self._parse_pairs(line, before, pairs)
        return LineValues(clear.points + self._parse_pairs(line, before, pairs).points)

    def _parse_pairs(self, line: str, before: str, pairs: list[tuple[str, float]]) -> LineValues:
        if pairs and (" best " in line or " Best " in line) and _BEST_STEP.match(line):
            pairs = [(add_phase("best", name), value) for name, value in pairs]
        elif line.startswith(" * "):  # sums up the lines before
            pairs = [(add_phase(self._phase, name), value) for name, value in pairs]
        elif pairs:
            self._phase = pairs[0][0].partition("_")[0] if strip_phase(pairs[0][0]) != pairs[0][0] else ""
        if self._is_config_line(line, pairs):
            return NO_VALUES
        step, counts = self._steps.read_step(line[:MAX_LINE_CHARS])
        can_repeat = any(value in self._values.get(name, ()) for name, value in pairs) or " best " in line
        if can_repeat and _REPEATS.search(line):
            pairs = [pair for pair in pairs if not self._is_repeated(step, *pair)]
        is_evaluation = self._evaluation.read_line(line, pairs) if step is not None else False
        early = NO_VALUES
        if self._evaluation.is_over:
            early = self._add_values(None, self._evaluation.take())
        pairs = self._heading.add_to(step, pairs)
        if not counts or is_evaluation:
            return early
        is_trial = bool(_TRIAL.match(line) or ((">" in line or "→" in line) and _TRIED.match(line)))
        pairs = self._without_config(step, pairs, is_trial=is_trial)
        if step is not None:
            self._heading.title = ""
            values = self._add_values(step, pairs)
        else:
            values = self._add_labelled(self._find_label(before), pairs)
        return LineValues(early.points + values.points) if early.points else values

    def _find_label(self, before: str) -> str:
        """Returns the label that ends the text before a name, else the title above the line; "" if there is none."""
        label = find_label(before)
        return self._heading.title if not label or is_phase_word(label) else label

    def _add_labelled(self, label: str, pairs: list[tuple[str, float]]) -> LineValues:
        """Adds the values of a line that names no step. A label becomes part of the names if they are known, or if a
        line with another label has the same.
        """
        has_metric = bool(label) and any(is_metric(name) for name, _ in pairs)
        if not label or not (has_metric or label == self._rows.label or any(map(_can_be_result, pairs))):
            return self._add_values(None, pairs, can_hold=True)
        is_title = label == self._heading.use_title()
        known = self._spellings if has_metric and not is_title else ()
        return self._add_rows(self._rows.add(label, pairs, known))

    def _add_rows(self, pairs: Iterable[tuple[str, float]]) -> LineValues:
        """Adds values of several lines, which may have the same names."""
        pairs = list(pairs)
        are_clear = any(is_metric(name) or is_measured(value) for name, value in pairs)
        points = (point for pair in pairs for point in self._add_values(None, [pair], can_hold=not are_clear).points)
        return LineValues(tuple(points))

    def _is_repeated(self, step: int | None, name: str, value: float) -> bool:
        """Returns whether a value is the last or best one of a series, at no later step. The line may say less of its
        name: `dice` for `val_dice_tumor`.
        """
        if not any(value in values for n, values in self._values.items() if n == name or f"_{name}_" in f"_{n}_"):
            return False
        is_later = step is not None and step > self._last.get(name, (-1, 0.0))[0]
        return not is_later and "best" not in name.lower()

    def _is_config_line(self, line: str, pairs: Sequence[tuple[str, float]]) -> bool:
        """Returns whether a line lists config. Says in which kind of block its values are, if it is an early one."""
        if self._steps.is_before_first_step and pairs:
            if " | " in line and sum(map(is_parameter, _NAME_IN_SEGMENT.findall(line))) > 1:
                return True
            has_metric = any(is_metric(name) for name, _ in pairs)
            is_config = has_setting(line) or any(self._is_any_parameter(name) for name, _ in pairs)
            self._preamble.enter_line(is_config and not has_metric, is_alone=has_metric or len(pairs) > 1)
        return is_config_list(line, pairs, self._steps.is_before_first_step)

    def _add_row(self, row: Row) -> LineValues:
        """Returns the values of a row of a table or of a box."""
        step, values = row
        if step is not None:
            self._steps.set_step(step)
        return self._add_values(step, self._heading.add_to(step, values))

    def _without_config(
        self,
        step: int | None,
        values: list[tuple[str, float]],
        is_record: bool = False,
        is_trial: bool = False,
    ) -> list[tuple[str, float]]:
        """Returns the values without parameters, and without the config, which many programs print before they begin.

        A line that is mostly config is a list of it. If it is a long one, its other values were computed from the
        config and are left out, too.
        """
        if step is None and self._config and self._steps.is_before_first_step:
            others = [(name, value) for name, value in values if not self._is_config(name, value)]
            config_count = len(values) - len(others)
            if 2 * config_count > len(values):
                values = [] if is_record or config_count >= MIN_CONFIG_LIST else others
        return self._without_parameters(step, values, is_trial)

    def _without_parameters(
        self, step: int | None, values: list[tuple[str, float]], is_trial: bool
    ) -> list[tuple[str, float]]:
        """Returns the values whose names are not those of parameters. Beside metrics, and at a step, a parameter may
        be one that changes, as the learning rate does. In a line of parameters the other names are such, too.
        """
        has_metric = any(is_metric(name) for name, _ in values)
        others = [pair for pair in values if not is_parameter(pair[0]) and pair[0] not in self._table.tuned]
        if self._parameters:
            others = [pair for pair in others if not self._is_own_parameter(pair[0])]
        if is_trial or (step is None and len(others) < len(values)):
            others = [pair for pair in others if not is_scheduled_parameter(pair[0])]
        has_step = step is not None or any(name == "epoch" for name, _ in values)
        if has_step and len(others) < len(values) and not is_trial:
            others += [pair for pair in values if pair not in others and self._has_changed(step, *pair)]
        if step is not None:
            return others
        if not has_metric:
            known = [(name, value) for name, value in others if name in self._names or is_learning_rate(name)]
            return others if others == values and not _has_scheduled(values) else known
        is_early = self._steps.is_before_first_step
        return [
            (name, value)
            for name, value in others
            if not (is_count(name) and value == int(value))
            and (not is_early or not is_scheduled_parameter(name) or is_learning_rate(name))
        ]

    def _has_changed(self, step: int | None, name: str, value: float) -> bool:
        """Returns whether a parameter is a metric, since its value changes from step to step."""
        if name not in self._names and name not in self._table.tuned:
            points = self._unchanged.add(name, step, value)
            if points and self._has_room(name):
                self._early += [PrintedValue(name, self._steps.choose_step(name, s), v) for s, v in points]
        return name in self._names

    def _is_any_parameter(self, name: str) -> bool:
        return is_parameter(name) or is_scheduled_parameter(name) or self._is_own_parameter(name)

    def _is_own_parameter(self, name: str) -> bool:
        """Returns whether a name is that of a parameter of this program, and not of a metric or a learning rate."""
        names = (normalize_parameter(name), normalize_parameter(strip_phase(name)))
        is_known = not self._parameters.isdisjoint(names)
        return is_known and not has_metric_word(name) and not is_scheduled_parameter(name)

    def _is_config(self, name: str, value: float) -> bool:
        """Returns whether the run's config has a value under a name, or under the name without its phase."""
        return value in (self._config.get(normalize_parameter(n)) for n in (name, strip_phase(name)))

    def _add_values(
        self, line_step: int | None, pairs: Iterable[tuple[str, float]], can_hold: bool = False
    ) -> LineValues:
        points: dict[str, PrintedValue] = {}
        is_early = self._steps.is_before_first_step
        early, self._early = self._early, []
        pairs = list(pairs)
        can_hold = can_hold and is_early and line_step is None and not any(is_metric(name) for name, _ in pairs)
        if self._evaluation.values:
            self._evaluation.drop_repeated(pairs)
        for name, value in pairs:
            if name not in self._names and len(name) > 2:
                name = self._choose_spelling(name, value, line_step)
            if name in points or not name:
                continue
            if can_hold and name not in self._names and self._preamble.hold(name, value, has_series=bool(self._names)):
                continue
            if not self._has_room(name):
                continue
            early += [self._add_value(name, held) for held in (self._preamble.take(name) if is_early else ())]
            if line_step is not None:
                if self._last.get(name) == (line_step, value):
                    continue  # a progress bar that is drawn again
                self._last[name] = line_step, value
            _, low, high = self._values.get(name, (value, value, value))
            self._values[name] = value, min(low, value), max(high, value)
            points[name] = PrintedValue(name, self._steps.choose_step(name, line_step), value)
        return LineValues((*early, *points.values())) if points or early else NO_VALUES

    def _choose_spelling(self, name: str, value: float, step: int | None) -> str:
        """Returns the known name of a series that is spelled differently here: `Loss` and `loss` are one metric if the
        line names a step. Without one it is a result: a new series, or "" if it repeats the best or last value.
        """
        known = self._spellings.get(name.lower(), name)
        if step is not None or known == name:
            return known
        decimals = len(repr(value).partition(".")[2]) if is_measured(value) else 15
        return "" if any(round(v, decimals) == value for v in self._values.get(known, ())) else name

    def _add_value(self, name: str, value: float) -> PrintedValue:
        return PrintedValue(name, self._steps.choose_step(name, None), value)

    def _has_room(self, name: str) -> bool:
        """Returns whether a series exists, or can be added."""
        return name in self._names or self._add_name(name)

    def _add_name(self, name: str) -> bool:
        """Adds a series and returns whether there is room for it."""
        if len(self._names) < MAX_SERIES:
            self._names.add(name)
            self._spellings.setdefault(name.lower(), name)
            return True
        self._note(f"The output has over {MAX_SERIES:,} names with numbers: the others are not read as metrics")
        return False

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _parse_record_line(self, line: str) -> LineValues | None:
        """Parses a line with a JSON object or a Python dict; returns None for others.

        Hugging Face's trainer prints a dict with numbers as texts, fairseq prints JSON.
        """
        if "{" not in line:
            return None
        if not line.startswith("{"):
            line = remove_config(line[:MAX_LINE_CHARS]) + line[MAX_LINE_CHARS:MAX_RECORD_CHARS]
            line = remove_log_prefix(line)
        record = parse_record(line)
        if record is None:
            return None
        phase = find_phase(line[: line.find("{")])
        own_phase = "" if phase else find_record_phase(record)
        metrics = record.get("metrics")
        if isinstance(metrics, Mapping) and record.keys() <= {"metrics", "attributes"}:
            record = convert_wrapped_values(metrics)  # as programs print a summary for Gage 0.1
        step_key, step = find_step(record) or ("", None)
        if step is None and not line.startswith("{"):
            step = self._steps.read_step(line[: min(line.find("{"), MAX_LINE_CHARS)])[0]
        elif step is not None:
            self._steps.set_step(step)
        numbers = flatten_numbers(record, texts=_NUMBER if "'" in line else _DECIMAL)
        values = [
            (add_phase(phase or (own_phase if "/" not in name and is_metric(name) else ""), name), value)
            for name, value in numbers
            if name != step_key and name.rpartition("/")[2] not in TIME_KEYS and not _CONFIG_PART.search(name)
        ]
        return self._add_values(step, self._without_config(step, values, is_record=True), can_hold=True)

    def _add_matches(self, matches: "PatternMatches") -> LineValues:
        """Returns the values that the patterns of a Gage file found in a line."""
        if matches.step is not None:
            self._steps.set_step(matches.step)
        return LineValues(self._add_values(matches.step, matches.numbers.items()).points, matches.attributes)


def _can_be_result(pair: tuple[str, float]) -> bool:
    """Returns whether a value is no whole number, and its name not that of a parameter."""
    return not pair[1].is_integer() and not is_scheduled_parameter(pair[0])


def _has_scheduled(values: Sequence[tuple[str, float]]) -> bool:
    return any(is_scheduled_parameter(name) for name, _ in values)


def _load_patterns(patterns: Mapping[str, str], note: Callable[[str], None]) -> "OutputPatterns":
    from gage.metrics.output_patterns import OutputPatterns

    return OutputPatterns(patterns, note)
