"""Parses the filter language: one expression parser by binding powers (V. Pratt, "Top down operator precedence", 1973).

From loose to tight: `or`, `and`, `not`, comparisons, `+ -`, `* /`, `**`. A word alone is text to search for. A blank
means `and` after a word, quoted text, a group or a value that is joined to its name (`lr=0.1`). Knows the syntax and
the run's own fields; not which config values, metrics and attributes runs have.
"""

import re
from typing import Literal, NoReturn, cast

from gage.select.comparable import PERCENTAGE, parse_quantity
from gage.select.comparisons import ORDERINGS, build_comparison, get_type, reject_constant
from gage.select.fields import FUNCTIONS, KINDS, METRIC_FUNCTIONS
from gage.select.foreign_syntax import (
    FOREIGN,
    reject_comparison_word,
    reject_function,
    reject_joined_operator,
    reject_operator,
    reject_range,
    reject_tuple,
    reject_unquoted_time,
    reject_value_after_or,
    reject_word,
)
from gage.select.tokens import (
    FUNCTION_START,
    GROUPED_VALUE,
    HINT,
    JUNCTION,
    LISTED_NAME,
    NAME,
    NOT_OPERATOR,
    QUOTES,
    SYMBOLS,
    VALUE,
    WORD,
    FilterError,
    Token,
    raise_error,
    remove_backticks,
    remove_quotes,
)
from gage.types.filter import (
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Condition,
    Constant,
    Expression,
    FieldName,
    Kind,
    Membership,
    Not,
    State,
    Word,
)

MAX_DEPTH = 100
"""The most groups, `not`, functions and operators of a calculation in each other."""

NOT, COMPARE, ADD, MULTIPLY, POWER = range(1, 6)
"""Binding powers, from loose to tight."""

ARITHMETIC = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER}
Node = Condition | Expression


def parse_condition(text: str) -> Condition:
    """Returns the condition that `text` expresses; an empty text is met by every run.

    Raises UsageError, with a caret under the mistake.
    """
    return _Parser(text).parse_all()


VALUE_HINT = "A value is a name, or a function of a metric: loss, config.lr, 'min(loss)'"


def parse_value(text: str) -> Expression:
    """Returns the value that a text names: a function of names such as `min(loss)`, else a name, which may contain
    any characters, also in backticks as in a filter. Raises UsageError.
    """
    if FUNCTION_START.match(text):
        try:
            return _Parser(text).parse_value()
        except FilterError as error:
            raise FilterError(text, error.at, error.problem, VALUE_HINT) from None
    text = remove_backticks(text)
    kind, _, rest = text.partition(".")
    return FieldName(text, cast("Kind", KINDS[kind]) if rest and kind in KINDS else "")


def parse_expression(text: str) -> Expression:
    """Returns the value that a text computes, such as `0.7 * acc + 0.3 * f1`. Raises UsageError, with a caret."""
    return _Parser(text).parse_value()


def split_condition(condition: Condition) -> tuple[Condition, ...]:
    """Returns the conditions that `and` joins."""
    if not isinstance(condition, AllOf):
        return (condition,)
    return tuple(part for each in condition.conditions for part in split_condition(each))


class _Parser:
    """Reads one filter from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.groups = 0  # open groups, whose end also ends a value
        self.in_list = False  # commas and brackets end a name
        self.is_joined = False  # the last condition may be followed by a blank for `and`

    def parse_all(self) -> Condition:
        self._skip_blanks()
        if self.at == len(self.text):
            return AllOf(())
        if self.text.strip().casefold() in ("and", "or", "not", *FOREIGN):
            self._fail(self.at, f"{self.text.strip()!r} is not a filter")
        node = self._parse_alternatives()
        if self.at < len(self.text):
            hint = "Quote it if it is part of a value: --where 'label=\"a)\"'"
            self._fail(self.at, f"Unexpected {self.text[self.at]!r}", hint)
        return self._require_condition(node)

    def parse_value(self) -> Expression:
        """Returns the value that the whole text expresses."""
        value = self._require_value(self._parse(COMPARE))
        self._skip_blanks()
        if self.at < len(self.text):
            self._fail(self.at, f"Unexpected {self.text[self.at]!r}", "Try: --sort 'min(loss)'")
        return value

    def _parse_alternatives(self) -> Node:
        """Parses a whole filter or group. A group may also be a value, such as `(a + b)`."""
        alternatives: list[Condition] = []
        parts: list[Condition] = []
        blank_at = or_at = -1
        while True:
            node = self._parse_part()
            self._skip_blanks()
            if self._at_end() and not alternatives:
                return node
            if alternatives and isinstance(node, FieldName | Constant):
                reject_value_after_or(self.text, parts[-1], node)
            parts = [self._require_condition(node)]
            while True:
                self._skip_blanks()
                if self._at_end() or self._peek_keyword() == "or":
                    break
                if self._peek_keyword() == "and":
                    self._take_keyword()
                elif self.is_joined:
                    blank_at = self.at if blank_at < 0 else blank_at
                else:
                    self._fail_after_condition()
                parts.append(self._require_condition(self._parse_part()))
            alternatives.append(parts[0] if len(parts) == 1 else AllOf(tuple(parts)))
            if self._at_end():
                break
            or_at = self.at if or_at < 0 else or_at
            self._take_keyword()
        if or_at >= 0 and blank_at >= 0:
            self._fail(
                or_at,
                "'or' beside conditions that only a blank joins is unclear",
                "Use parentheses: --where '(train or eval) lr=0.1'",
            )
        return alternatives[0] if len(alternatives) == 1 else AnyOf(tuple(alternatives))

    def _parse_part(self) -> Node:
        """Parses one condition with its `not`, or a value."""
        self._skip_blanks()
        if self._peek_keyword() == "not" and not self._is_last_word():
            self._enter()
            self._take_keyword()
            part = Not(self._require_condition(self._parse_part()))
            self.depth -= 1
            return part
        return self._parse(NOT)

    def _require_condition(self, node: Node) -> Condition:
        """Returns the condition that a value alone stands for: a word to search for."""
        if isinstance(node, Call | Arithmetic):
            reject_joined_operator(self.text, self.at)
            self._fail(self.at, "Expected a comparison", "A value alone is not a condition: --where 'max(acc) > 0.9'")
        return self._convert_to_word(node) if isinstance(node, FieldName | Constant) else node

    def _parse(self, power: int) -> Node:
        """Parses operators that bind tighter than `power`."""
        left = self._parse_operand()
        depth = self.depth
        while True:
            operator, strength, after = self._peek_operator()
            if strength <= power:
                self.depth = depth
                return left
            if strength == COMPARE:
                left = self._parse_comparison(self._require_value(left), operator, after)
                continue
            self._enter()
            self.at = after
            right = self._parse(strength - (operator == "**"))
            left = Arithmetic(operator, self._require_value(left), self._require_value(right))

    def _parse_operand(self) -> Node:
        self._skip_blanks()
        start = self.at
        following = self.text[start : start + 1]
        if following == "(":
            return self._parse_group()
        if following == "[":
            self._fail(
                start, "A list can only follow 'in'", "Try: --where 'seed in [1, 2]'; quote text: --where '\"[1]\"'"
            )
        if self._at_end():
            self._fail(start, "Expected a value")
        name = self._read_name()
        if not name.raw:
            symbol = SYMBOLS.match(self.text, self.at)
            self._fail(start, f"Expected a name before {symbol[0]}" if symbol else f"Unexpected {following!r}")
        reject_word(self.text, start, name.raw)
        if self.text[self.at : self.at + 1] == "(" and not name.is_quoted:
            return self._parse_call(name)
        glued = self._parse_glued(name)
        if glued is not None:
            return glued
        self.is_joined = True
        if name.is_quoted:
            return Constant(name.text, True, start)
        is_number = not name.is_reference and (parse_quantity(name.text) is not None or PERCENTAGE.fullmatch(name.text))
        return Constant(name.text, False, start) if is_number else self._build_field(name)

    def _parse_group(self) -> Node:
        start = self.at
        self._enter()
        self.at += 1
        self.groups += 1
        in_list, self.in_list = self.in_list, False
        self._skip_blanks()
        if self.text[self.at : self.at + 1] == ")":
            self._fail(self.at, "Expected a condition")
        node = self._parse_alternatives()
        if self.text[self.at : self.at + 1] != ")":
            self._fail(start, "This parenthesis is not closed")
        self.at += 1
        self.groups -= 1
        self.depth -= 1
        self.in_list = in_list
        self.is_joined = True
        return node

    def _parse_call(self, name: Token) -> Call:
        reject_function(self.text, name)
        self._enter()
        self.at += 1
        in_list, self.in_list = self.in_list, True
        self.groups += 1
        arguments = []
        while True:
            arguments.append(self._require_value(self._parse(COMPARE)))
            self._skip_blanks()
            if self.text[self.at : self.at + 1] != ",":
                break
            self.at += 1
        if self.text[self.at : self.at + 1] != ")":
            self._fail(self.at, f"Expected ')' after the values of {name.text}")
        self.at += 1
        self.groups -= 1
        self.depth -= 1
        self.in_list = in_list
        least, most = FUNCTIONS[name.text]
        if not least <= len(arguments) <= most:
            wanted = f"{least} or {most}" if least != most else str(least)
            self._fail(name.at, f"{name.text} takes {wanted} value{'s' * (most > 1)}, not {len(arguments)}")
        if name.text in METRIC_FUNCTIONS and not isinstance(arguments[0], FieldName):
            self._fail(name.at, f"{name.text} takes the name of a metric", "Try: --where 'max(acc) > 0.9'")
        self.is_joined = False
        return Call(name.text, tuple(arguments), name.at)

    def _parse_glued(self, name: Token) -> Condition | None:
        """Parses `=value` or `!=value` that follows a name without a blank; the value ends at a blank."""
        operator = next((o for o in ("!=", "==", "=") if self.text.startswith(o, self.at)), "")
        end = self.at + len(operator)
        following = self.text[end : end + 1]
        if not operator or self.in_list:
            return None
        if operator == "=" and following == "~":
            self._fail(self.at, "'=~' needs a blank on both sides", f"Write: --where '{name.raw} =~ PATTERN'")
        if following.isspace() and not self._ends_at(end) and not JUNCTION.match(self.text, end):
            self._fail(
                self.at,
                f"A blank on one side of {operator} is unclear",
                f"Write {name.raw}{operator}VALUE or {name.raw} {operator} VALUE",
            )
        self.at = end
        start = self.at
        value = self._match(GROUPED_VALUE if self.groups else VALUE)
        field = self._build_field(name)
        self.is_joined = True
        constant = Constant(remove_quotes(value), value[:1] in QUOTES, start)
        return build_comparison(self.text, field, "!=" if operator == "!=" else "=", constant)

    def _parse_comparison(self, left: Expression, operator: str, after: int) -> Condition:
        self.at = after
        self.is_joined = False
        if operator == "is":
            return self._parse_state(left)
        negated = operator.startswith("not ")
        operator = operator.removeprefix("not ")
        if operator == "in":
            condition = self._parse_list(left)
            return Not(condition) if negated else condition
        right = self._parse_right(operator)
        condition = build_comparison(self.text, left, operator, right)
        if operator in ("<", "<="):
            following, _, end = self._peek_operator()
            if following in ("<", "<="):
                self.at = end
                return AllOf((condition, build_comparison(self.text, right, following, self._parse_right(following))))
        following, strength, _ = self._peek_operator()
        if strength == COMPARE:
            self._fail(self.at, "Comparisons cannot be chained, except a < b <= c", "Join them by 'and'")
        self.is_joined = False
        return Not(condition) if negated else condition

    def _parse_right(self, operator: str) -> Expression:
        """Parses the value on the right; where only text makes sense, a bare word is text."""
        self._skip_blanks()
        if self._at_end() or SYMBOLS.match(self.text, self.at):
            self._fail(self.at, "Expected a value")
        right = self._require_value(self._parse(COMPARE))
        if isinstance(right, FieldName) and not right.kind and operator not in ORDERINGS:
            return Constant(right.name, False, right.at)
        return right

    def _parse_list(self, left: Expression) -> Condition:
        self._skip_blanks()
        start = self.at
        name = left.name if isinstance(left, FieldName) else ""
        if self.text[start : start + 1] != "[":
            reject_tuple(self.text, start, name)
            right = self._parse_right("in") if not self._at_end() else None
            if get_type(left) == "time" and isinstance(right, Constant):
                return build_comparison(self.text, left, "=", right)
            shown = f": [{right.text}]" if isinstance(right, Constant) else ", such as [1, 2]"
            self._fail(start, f"Expected a list{shown}")
        self.at += 1
        in_list, self.in_list = self.in_list, True
        values: list[Constant] = []
        while True:
            self._skip_blanks()
            following = self.text[self.at : self.at + 1]
            if following == "]":
                break
            if following == ",":
                self.at += 1
                continue
            if not following:
                self._fail(start, "This list is not closed")
            value = self._read_name()
            if not value.raw:
                self._fail(self.at, f"Unexpected {following!r} in a list")
            reject_range(self.text, value.at, value.raw, name)
            values.append(Constant(value.text, value.is_quoted, value.at))
        self.at += 1
        self.in_list = in_list
        self.is_joined = False
        reject_constant(self.text, left)
        if get_type(left) == "time":
            return AnyOf(tuple(build_comparison(self.text, left, "=", value) for value in values))
        return Membership(left, tuple(values))

    def _parse_state(self, left: Expression) -> Condition:
        self._skip_blanks()
        negated = self._peek_keyword() == "not"
        if negated:
            self._take_keyword()
            self._skip_blanks()
        reject_constant(self.text, left)
        name = self._read_name()
        state_name = name.text.casefold()
        if state_name not in ("null", "nan", "set"):
            self._fail(name.at, "Expected null, nan or set", "Try: --where 'acc is null'")
        state = State(left, cast("Literal['null', 'nan', 'set']", state_name))
        return Not(state) if negated else state

    def _convert_to_word(self, node: FieldName | Constant) -> Condition:
        if isinstance(node, Constant):
            if not node.text:
                self._fail(node.at, "An empty word matches every run")
            return Word(node.text)
        if self.text[node.at : node.at + 1] == "`":
            self._fail(node.at, "Expected a comparison", f"Try: --where '`{node.name}` is set'")
        return Word(node.name)

    def _build_field(self, name: Token) -> FieldName:
        kind, dot, rest = name.text.partition(".")
        if dot and rest and kind in KINDS and not name.is_quoted:
            return FieldName(name.text, cast("Kind", KINDS[kind]), name.at)
        return FieldName(name.text, "", name.at)

    def _require_value(self, node: Node) -> Expression:
        if isinstance(node, FieldName | Constant | Call | Arithmetic):
            return node
        return self._fail(self.at, "Expected a value before this, not a condition")

    def _peek_operator(self) -> tuple[str, int, int]:
        """Returns the operator that follows, its binding power (0 = none) and its end."""
        self._skip_blanks()
        symbol = SYMBOLS.match(self.text, self.at)
        if symbol:
            reject_operator(self.text, self.at)
            return {"==": "=", "<>": "!="}.get(symbol[0], symbol[0]), COMPARE, symbol.end()
        word = self._peek_word()
        end = self.at + len(word)
        word = word.casefold()
        if word in ARITHMETIC and not self._ends_at(end):
            return word, ARITHMETIC[word], end
        if self._ends_at(end) or not word:
            return "", 0, end
        reject_comparison_word(self.text, self.at)
        negated = NOT_OPERATOR.match(self.text, self.at)
        if negated:
            return f"not {negated[1].casefold()}", COMPARE, negated.end()
        if word in ("in", "not-in", "contains", "is"):
            return word.replace("not-in", "not in"), COMPARE, end
        return "", 0, end

    def _peek_word(self) -> str:
        matched = WORD.match(self.text, self.at)
        return matched[0] if matched else ""

    def _peek_keyword(self) -> str:
        word = self._peek_word().casefold()
        return word if word in ("and", "or", "not") else ""

    def _take_keyword(self) -> None:
        word = self._peek_word()
        start = self.at
        self.at += len(word)
        self._skip_blanks()
        if self._at_end():
            self._fail(start, f"Expected a condition after {word!r}")

    def _is_last_word(self) -> bool:
        return self._ends_at(self.at + len(self._peek_word()))

    def _ends_at(self, at: int) -> bool:
        return not self.text[at:].strip()

    def _at_end(self) -> bool:
        return self.at >= len(self.text) or (self.groups > 0 and self.text[self.at] == ")")

    def _read_name(self) -> Token:
        start = self.at
        raw = self._match(LISTED_NAME if self.in_list else NAME)
        return Token(remove_quotes(raw), raw, start)

    def _match(self, pattern: re.Pattern[str]) -> str:
        matched = pattern.match(self.text, self.at)
        assert matched is not None
        self.at = matched.end()
        if self.text[self.at : self.at + 1] in QUOTES:
            self._fail(self.at, "This quote is not closed", 'Close it, or quote the value: --where "label=\\"it\'s\\""')
        return matched[0]

    def _skip_blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail(self.at, f"More than {MAX_DEPTH} groups or operators in each other")

    def _fail_after_condition(self) -> NoReturn:
        reject_word(self.text, self.at, self._peek_word())
        reject_unquoted_time(self.text, self.at)
        self._fail(self.at, "Expected 'and' or 'or'")

    def _fail(self, at: int, problem: str, hint: str = HINT) -> NoReturn:
        raise_error(self.text, at, problem, hint)
