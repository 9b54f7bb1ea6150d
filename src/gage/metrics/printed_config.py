"""Which lines of output are config that a program prints: blocks below `params:`, objects over lines, help, tables of
parameters, commands.

Knows how programs print their config. Does not know values or what the config of a run is.
"""

import re
from collections.abc import Sequence

from gage.metrics.parameter_names import is_metric, is_parameter, is_scheduled_parameter

MAX_BLOCK_LINES = 1000
"""The most lines of a block of printed config."""
MAX_HEADER_CHARS = 300
"""A longer line begins no block."""

_WORDS = (
    r"(?:hyper-?)?param(?:eter)?s?|hparams|hps|conf|cfg|configs?|configurations?|args|arguments|kwargs|settings|options"
    r"|flags|namespace"
)
# params: · Running with full config: · Configuration · == Hyperparameters ==
_HEADER = re.compile(
    rf"(?P<indent>[\s│├└─┌╭]*)(?:.*[^\w./])?(?P<words>{_WORDS})(?![\w./])(?P<rest>[^:={{\[\]]*?)"
    r"(?P<sign>[:=][\s─-]*(?:[|>]-?\s*)?|[\s=#*─╮┐-]*)",
    re.I,
)
# Namespace(alpha=0.5, · TrainingArguments( · lr_config = dict(
_OPEN_CALL = re.compile(r".*\b[A-Za-z_][\w.]*\((?:\s*|.*\w+=.*[,(\[]\s*)")
# warnings.warn( · logger.info(
_LOG_CALL = re.compile(r".*\b(?:warn|warning|print|info|debug|error|log|write)\(\s*")
# {'lr': 0.1, · Model config BertConfig { · config = {
_CONFIG_RECORD = re.compile(rf"^(?:.*[^\w./])?(?:{_WORDS})\b[^:={{}}]*[:=]?\s*\{{", re.I)
# lr: 0.1 · batch_size = 64 # comment · --lr 0.1 · - 0.9 · 'a': {… · │   η = 0.001 · ),
_ENTRY = re.compile(
    r"[\s│├└─┌╭]*(?:[-*•]\s+)?(?:[{\[(](?=[\"'])|[\"']?[^\W\d][^:=|]{0,60}?[\"']?\s*(?:[:=]|\s{2,}|\t|->)"
    r"|--?[\w-]+|- |#|[\])}]|[\"'\w.]+,?\s*$)"
)
# a line of an object over several lines: lr=0.1 · "lr": 0.1, · 3, · ), · (0): Linear(…)
_BRACKETS_LINE = re.compile(r"[\])}(\[{\"']|[^ ]+ ?[:=]|.*[,(\[{\])}]$|[-+\d.]+$|--?\w")
# model: · [optim]
_SECTION = re.compile(r"\s*[a-z]\w*:\s*|\[[a-z][\w.-]*\]\s*")
#   name: unet ·   max_epochs: 3 · norm = "batch"
_SECTION_ENTRY = re.compile(
    r"\s*(?P<key>[A-Za-z_]\w*)(?:: | ?= ?)(?:[-+]?[\d.]+(?:e[-+]?\d+)?|(?P<text>[\"'A-Za-z_./]\S*))\s*"
)
_WORD_PART = re.compile(r"param|arg|conf|cfg|setting|option|flags|hps|namespace")
# params · params: · | Parameter |
_MAY_BEGIN = re.compile(
    rf"(?:{_WORDS})(?![a-z])[^:={{]{{0,60}}[:=]?[\s│#*=─╮┐╗-]*$|(?:{_WORDS}|setting|option|flag)\s*[|│┃]", re.I
)
# results of args:
_RESULTS = re.compile(r"\b(?:results?|metrics?|scores?|performance|loss(?:es)?|accurac\w+)\b", re.I)
_RULE = re.compile(r"[\s=*#+|_─━═├┼┤┌┐└┘╭╮╰╯┬┴-]+")
# Epoch 3 · step 10 · [1/5]
_PROGRESS = re.compile(r"\b(?:epoch|(?:global_)?step|iter(?:ation)?|round|episode)\b[\W]{0,3}\d", re.I)
_TIME_STAMP = re.compile(r"\[?\d{2,4}[-/]\d\d[-/ ]|\[?\d\d:\d\d|[IWEF]\d{4} |\[\w")
# | Parameter | Value |
_TABLE_HEADER = re.compile(rf"\s*[|│┃]\s*(?:{_WORDS}|(?:hyper)?parameter name|setting|option|flag)\s*[|│┃].*", re.I)
_TABLE_LINE = re.compile(r"\s*[|│┃+├└┌╭╰┡┏─━═-]")
#   --lr LR  learning rate · -h, --help
_HELP_LINE = re.compile(r"\s+--?[A-Za-z][\w-]*(?:[ =,].*)?$")
# python train.py · torchrun x.py
_COMMAND = re.compile(
    r"(?:^|[\s:>$+])(?:python[\d.]*|torchrun|Rscript|julia|bash|sh|node|java)\s+(?:-\w+\s+)*[\w./-]+\.(?:py|sh|R|jl|js|jar)\b.*"
)
# DEBUG_MODE=1 · CUDA_VISIBLE_DEVICES=0
_VARIABLE = re.compile(r"(?<![\w.-])(?=[A-Z])([A-Z0-9]+(?:_[A-Z0-9]+)+)=[^\s,;]+")
# [default: 10] · (default=0.1)
_DEFAULT = re.compile(r"[\[(]defaults?(?: value)?(?: is)?\s*[:=]?[^\])]*[\])]", re.I)
# -DMAX_SIZE=64 · --lr=0.1 · --lr 0.1
_OPTION = re.compile(r"(?<!\S)--?(?!inf\b|nan\b|Inf|NaN)[A-Za-z][\w.-]*(?:=\S+|\s+[-+]?[\d.]+(?=\s|$))?")
# Model (alpha=0.5, l1_ratio=0.5): · Ridge (alpha=0.1)
_ARGUMENTS = re.compile(r"(?P<name>[^\W\d][\w.]*)[ ]?\((?:\w+ ?= ?[^(),=]+(?:, ?|(?=\))))+\)(?=\s*(?::|\s{2}|$))")
# params: {'lr': 0.1} · parameters are {'C': 1.0} · settings: [1, 2]
_INLINE = re.compile(
    rf"\b(?:\w+_)?(?:{_WORDS})\b[^:={{}}\[\]]{{0,40}}[:=]?\s*(?:\w+\()?\{{[^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)*\}}?", re.I
)
# params: C=10, gamma=0.001
_INLINE_LIST = re.compile(
    rf"\b(?:\w+_)?(?:{_WORDS})\b[^:=]{{0,30}}[:=]\s*"
    r"(?:[\w.]+(?: [\w.]+){0,2}\s*[=:]\s*[^\s,;]+(?:[,;]\s*|\s+|$))+",
    re.I,
)
# task=detect · resume=None · type='SGD'
_WORD_VALUE = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*=(?:[A-Za-z_'\"/](?!nf\b|an\b)[^\s,;]*)")
_SEED = re.compile(r"\bseed\s*[:=]|(?<!\()\btol(?:erance)?\s*[:=]|\b(?:threads|n?procs)\s*[:=]", re.I)
_NUMBER_VALUE = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*=[-+.\d]")


# epoch 3 · [2/10] · Iter: 5 at the start
STARTS_WITH_PROGRESS = re.compile(
    r"[\W]*(?:(?:train|test|val|valid|eval)\w*\W+)?(?:epoch|step|iter|iteration|global_step|round|episode|\[?\d+/\d+)\b",
    re.I,
)


class PrintedConfig:
    """The block of config that is being printed."""

    def __init__(self) -> None:
        self._kind = ""
        self._section = -1  # the indentation of a line that may name a section; -1: none, -2: any
        self._indent = 0
        self._depth = 0
        self._lines = 0

    def add_line(self, line: str, has_metric: bool, is_early: bool = False) -> bool:
        """Adds a line and returns whether it is config. `has_metric`: it shows progress or has the name of a metric;
        `is_early`: the program has not named a step.
        """
        section, self._section = self._section, -1
        if self._kind:
            self._lines += 1
            if self._lines < MAX_BLOCK_LINES and self._continues(line, has_metric):
                return True
            self._kind = ""
        if is_early and section != -1 and _measure_indent(line) > section:
            entry = _SECTION_ENTRY.fullmatch(line)
            if entry and (entry["text"] is not None or is_parameter(entry["key"])):
                return self._open("entries", indent=max(section, 0))
        if is_early and _SECTION.fullmatch(line) and not _RESULTS.search(line):
            self._section = -2 if line[0] == "[" else _measure_indent(line)
        return self._begins(line)

    @property
    def is_open(self) -> bool:
        """Returns whether the next line may belong to a block."""
        return bool(self._kind) or self._section != -1

    def _begins(self, line: str) -> bool:
        last = line.rstrip()[-1:]
        if len(line) > MAX_HEADER_CHARS:
            return False
        if last in ("(", ",", "[", "{") and (depth := _count_depth(line)) > 0:
            if (_OPEN_CALL.fullmatch(line) and not _LOG_CALL.fullmatch(line)) or _CONFIG_RECORD.match(line):
                return self._open("brackets", depth=depth)
        elif _TABLE_HEADER.fullmatch(line):
            return self._open("table")
        elif line[:1] in (" ", "\t") and _HELP_LINE.match(line):
            return True
        is_in_box = line[:1] in ("│", "|") and line.count(line[0]) == 2 and last == line[0]
        match = _HEADER.fullmatch(line.strip("│| ") if is_in_box else line)
        if match is None or _RESULTS.search(line):
            return False
        has_sign = bool(match["sign"].strip()) or is_in_box
        if not has_sign and (match["rest"].strip() or len(line.split()) > 3):
            return False
        is_in_box = is_in_box or line.lstrip()[:1] in ("╭", "┌")
        return self._open("entries", indent=0 if is_in_box else _measure_indent(line))

    def _open(self, kind: str, indent: int = 0, depth: int = 0) -> bool:
        self._kind, self._indent, self._depth, self._lines = kind, indent, depth, 0
        return True

    def _continues(self, line: str, has_metric: bool) -> bool:
        text = line.strip()
        if self._kind == "table":
            had_rule, self._depth = self._depth, bool(_RULE.fullmatch(text))
            if text[:1] in ("└", "╰"):
                self._kind = ""
                return True
            return _TABLE_LINE.match(line) is not None and not (had_rule and self._depth)
        if self._kind == "brackets":
            if not text or (_TIME_STAMP.match(text) and not text.startswith("[")):
                return False
            if not _BRACKETS_LINE.match(text) or _PROGRESS.search(text):
                return False
            self._depth += _count_depth(line)
            if self._depth <= 0:
                self._kind = ""
            return True
        return self._continues_entries(line, text, has_metric)

    def _continues_entries(self, line: str, text: str, has_metric: bool) -> bool:
        if not text:
            return self._lines < 3  # a header may stand alone
        if text == "{" and self._lines < 4:
            return self._open("brackets", depth=1)
        if _RULE.fullmatch(text):
            if self._lines > 1 and text[:1] not in "├│└":
                self._kind = ""
            return True
        is_deeper = _measure_indent(line) > self._indent
        if not is_deeper and (has_metric or self._indent or _TIME_STAMP.match(text)):
            return False
        return _ENTRY.match(line) is not None and _PROGRESS.search(line) is None


def remove_config(line: str) -> str:
    """Returns a line without the config in it: commands, options, variables, defaults, arguments of a printed object,
    and what follows `params:`.
    """
    if "=" in line or ":" in line:
        lower = line.lower()
        has_word = _WORD_PART.search(lower) is not None
        if "=" in line:
            if "_" in line:
                line = _VARIABLE.sub("", line)
            if "." in line:
                line = _COMMAND.sub("", line)
            if "(" in line and not _PROGRESS.search(line):
                line = _ARGUMENTS.sub(r"\g<name>", line)
        if "default" in lower:
            line = _DEFAULT.sub("", line)
        if has_word:
            line = _INLINE_LIST.sub("", _INLINE.sub("", line))
    return _OPTION.sub("", line) if " -" in line or line[:1] == "-" else line


def can_be_config(line: str) -> bool:
    """Returns whether a line may begin printed config: a quick test."""
    text = line.strip()
    if (
        text[-1:] in ("(", "[", "{", ",", ":")
        or (text[:1] == "[" and text[-1:] == "]")
        or (text[:1] == "-" and line[:1] in (" ", "\t"))
    ):
        return True
    lower = line.lower()
    return _WORD_PART.search(lower) is not None and _MAY_BEGIN.search(line) is not None


def has_setting(line: str) -> bool:
    """Returns whether a line has several names with values, one of them a word (`target=home keep=14`), or a seed."""
    return (line.count("=") > 1 and _WORD_VALUE.search(line) is not None) or _SEED.search(line) is not None


def is_list_of_settings(line: str) -> bool:
    """Returns whether a line lists names with words and numbers: `task=detect, model=a, epochs=2, lr0=0.01`."""
    return line.count("=") > 3 and len(_WORD_VALUE.findall(line)) > 1 and len(_NUMBER_VALUE.findall(line)) > 1


def is_config_list(line: str, values: Sequence[tuple[str, float]], is_early: bool) -> bool:
    """Returns whether a line without a metric lists parameters, and is not the line of a step."""
    if any(is_metric(name) for name, _ in values):
        return is_list_of_settings(line) and sum(is_parameter(name) for name, _ in values) > 1
    fixed = sum(is_parameter(name) for name, _ in values)
    scheduled = sum(is_scheduled_parameter(name) for name, _ in values)
    if is_list_of_settings(line) and (fixed or scheduled or not is_early):
        return True
    return fixed > 0 and 2 * (fixed + scheduled) >= len(values) and not STARTS_WITH_PROGRESS.match(line)


def _count_depth(line: str) -> int:
    """Returns how many more brackets a line opens than it closes."""
    return sum(line.count(c) for c in "([{") - sum(line.count(c) for c in ")]}")


def _measure_indent(line: str) -> int:
    """Returns the columns before the text of a line; the lines of a tree count as spaces."""
    return len(line) - len(line.lstrip(" \t│├└─┌╭"))
