"""The grammar of filters: each filter as the condition that it expresses, written with all its parentheses."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.select import grammar
from gage.select.fields import RUN_FIELDS
from gage.select.grammar import parse_condition
from gage.select.tokens import quote_name
from gage.types.errors import UsageError
from gage.types.filter import (
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Comparison,
    Condition,
    Constant,
    Expression,
    FieldName,
    Membership,
    Not,
    State,
    Word,
)


def show(node: Condition | Expression) -> str:
    """Returns a condition with all its parentheses; constants in quotes, names in angles."""
    match node:
        case Word(text):
            return f"word {text!r}"
        case FieldName():
            return f"<{node.kind}:{node.plain_name}>" if node.kind else f"<{node.name}>"
        case Constant(text):
            return repr(text)
        case Call(function, arguments):
            return f"{function}({', '.join(map(show, arguments))})"
        case Comparison(left, operator, right) | Arithmetic(operator, left, right):
            return f"({show(left)} {operator} {show(right)})"
        case Membership(left, values):
            return f"({show(left)} in {[value.text for value in values]})"
        case State(left, state):
            return f"({show(left)} is {state})"
        case Not(condition):
            return f"not {show(condition)}"
        case AllOf(conditions):
            return f"({' and '.join(map(show, conditions))})"
        case AnyOf(conditions):
            return f"({' or '.join(map(show, conditions))})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("error", "word 'error'"),
        ("'two words'", "word 'two words'"),
        ("train lr=0.1", "(word 'train' and (<lr> = '0.1'))"),
        ("lr = 0.1", "(<lr> = '0.1')"),
        ("lr==0.1", "(<lr> = '0.1')"),
        ("model!=small", "not (<model> = 'small')"),
        ("model <> small", "not (<model> = 'small')"),
        ('label="first try" three', "((<label> = 'first try') and word 'three')"),
        ('"my key"=1', "(<my key> = '1')"),
        ('"a=b"', "word 'a=b'"),
        ("label=", "(<label> = '')"),
        ("label=''", "(<label> = '')"),
        ("x=a=b", "(<x> = 'a=b')"),
        ("x=<3", "(<x> = '<3')"),
        ("train.py#lr=-1e-3", "(<train.py#lr> = '-1e-3')"),
        (r"label='it\'s'", '(<label> = "it\'s")'),
        (r"path=C:\\new", r"(<path> = 'C:\\\\new')"),
        ("layers=[1,2]", "(<layers> = '[1,2]')"),
        ("wow!", "word 'wow!'"),
        ("path=data/x-1.csv", "(<path> = 'data/x-1.csv')"),
        ("date=2024-01-01", "(<date> = '2024-01-01')"),
        ("label=foo(1) or x=1", "((<label> = 'foo(1)') or (<x> = '1'))"),
        ("(label=foo(1) or x=1)", "((<label> = 'foo(1)') or (<x> = '1'))"),
        ("status in [completed, running]", "(<status> in ['completed', 'running'])"),
        ("status in [completed terminated]", "(<status> in ['completed', 'terminated'])"),
        ("lr not-in [0.1 0.2]", "not (<lr> in ['0.1', '0.2'])"),
        ("tag not in [old, 'very old']", "not (<tag> in ['old', 'very old'])"),
        ("len(tags) = 0", "(len(<tags>) = '0')"),
        ("loss<0.5", "(<loss> < '0.5')"),
        ("loss < 0.5 and acc >= 90", "((<loss> < '0.5') and (<acc> >= '90'))"),
        ("0.1 < lr <= 0.5", "((<lr> > '0.1') and (<lr> <= '0.5'))"),
        ("min(val_loss) < 0.3", "(min(<val_loss>) < '0.3')"),
        ("max(acc) - last(acc) > 0.02", "((max(<acc>) - last(<acc>)) > '0.02')"),
        ("mean(loss, 10) < 0.4", "(mean(<loss>, '10') < '0.4')"),
        ("loss@100 < 1", "(<loss@100> < '1')"),
        ("train_loss < val_loss", "(<train_loss> < <val_loss>)"),
        ("a + b * c ** d ** 2 > 1", "((<a> + (<b> * (<c> ** (<d> ** '2')))) > '1')"),
        ("a - b - c > 1", "(((<a> - <b>) - <c>) > '1')"),
        ("((a + b) * 2) > 1", "(((<a> + <b>) * '2') > '1')"),
        ("loss is nan or acc is not null", "((<loss> is nan) or not (<acc> is null))"),
        ("config.lr <= 1e-3", "(<config:lr> <= '1e-3')"),
        ("metric.`eval/top 1` > 0.7", "(<metric:eval/top 1> > '0.7')"),
        ("config.a = config.b", "(<config:a> = <config:b>)"),
        ("betas contains 0.999", "(<betas> contains '0.999')"),
        ("betas not contains 1", "not (<betas> contains '1')"),
        ("op ~ train*", "(<op> ~ 'train*')"),
        ("op !~ train*", "not (<op> ~ 'train*')"),
        ('label =~ "^v[0-9]+"', "(<label> =~ '^v[0-9]+')"),
        ("(train or eval) lr=0.1", "((word 'train' or word 'eval') and (<lr> = '0.1'))"),
        ("a or b and c or d", "(word 'a' or (word 'b' and word 'c') or word 'd')"),
        ("not a and b", "(not word 'a' and word 'b')"),
        ("not (a or b)", "not (word 'a' or word 'b')"),
        ("not not a", "not not word 'a'"),
        ("duration > 2h30m", "(<duration> > '2h30m')"),
        ("in", "word 'in'"),
        ("0.5", "word '0.5'"),
        ("naïve=ünïcode", "(<naïve> = 'ünïcode')"),
        ("x='; DROP TABLE run; --'", "(<x> = '; DROP TABLE run; --')"),
        (
            "lr IN [1] AND x IS NOT NULL OR y Not In [2]",
            "(((<lr> in ['1']) and not (<x> is null)) or not (<y> in ['2']))",
        ),
        ("name CONTAINS a", "(<name> contains 'a')"),
        ("metric.'a`b' > 1", "(<metric:a`b> > '1')"),
        ("operation =~ train", "(<operation> =~ 'train')"),
    ],
)
def test_parses_a_filter(text: str, expected: str) -> None:
    assert show(parse_condition(text)) == expected


@pytest.mark.parametrize(
    ("text", "caret", "message"),
    [
        ("loss <", 6, "Expected a value"),
        ("loss < 1 acc > 0.9", 9, "Expected 'and' or 'or'"),
        ("started > 3 days ago", 10, "'3' is not a time"),
        ("train or eval lr=1", 6, "'or' beside conditions that only a blank joins is unclear"),
        ("(loss < 1", 0, "This parenthesis is not closed"),
        ('label="first try', 6, "This quote is not closed"),
        ("loss = < 3", 7, "Expected a value"),
        ("loss => 3", 5, "'=>' is not part of a filter"),
        ("loss == = 3", 8, "Expected a value"),
        ("0 < x < < 3", 8, "Expected a value"),
        ("op =~ config.pattern", 6, "The pattern of =~ must be text"),
        ("loss + 1 =~ 3", 0, "=~ searches text, not a calculated number"),
        ("started in [3, 4]", 12, "'3' is not a time"),
        ("x = 日本語 y = 1", 8, "Expected 'and' or 'or'"),
        ("status in done", 10, "Expected a list: [done]"),
        ("avg(loss) < 1", 0, "Unknown function 'avg'"),
        ("min(a, b) < 1", 0, "min takes 1 value, not 2"),
        ("loss is good", 8, "Expected null, nan or set"),
        ("loss < 1 && acc", 9, "'&&' is not part of a filter"),
        ("a || b", 2, "'||' is not part of a filter"),
        ('label =~ "("', 9, "Invalid regular expression"),
        ("acc > 95%", 6, "95% is unclear"),
        ("started > '14:05' and x=1", 10, "'14:05' is not a time"),
        ("lr= 0.1", 2, "A blank on one side of = is unclear"),
        ("x=~3", 1, "'=~' needs a blank on both sides"),
        ('x ""', 2, "An empty word matches every run"),
        ("!=3", 0, "Expected a name before !="),
        ("and", 0, "'and' is not a filter"),
        ("a and", 2, "Expected a condition after 'and'"),
        ("()", 1, "Expected a condition"),
        ("a)", 1, "Unexpected ')'"),
        ("[1]", 0, "A list can only follow 'in'"),
        ("status in [a", 10, "This list is not closed"),
        ("a - b", 5, "Expected a comparison"),
        ("a < b > c", 6, "Comparisons cannot be chained, except a < b <= c"),
        ("max(loss", 8, "Expected ')' after the values of max"),
        ("max(max(loss)) > 1", 0, "max takes the name of a metric"),
        ("at(loss - 1, 5) > 1", 0, "at takes the name of a metric"),
        ("dataset = moons or xor", 19, "'xor' after 'or' is not compared"),
        ("dataset=moons or xor and x=1", 17, "'xor' after 'or' is not compared"),
        ("started = today or yesterday", 19, "'yesterday' after 'or' is not compared"),
        ("lr > 0.1 or 0.5", 12, "'0.5' after 'or' is not compared"),
        ("x ~ a* or b*", 10, "'b*' after 'or' is not compared"),
        ("acc between 0.8 and 0.9", 4, "'between' is not part of a filter"),
        ("op not like tr%", 3, "'like' is not part of a filter"),
        ("seed % 2 = 0", 5, "'%' is not part of a filter"),
        ("started > 1h ago", 10, "A time with blanks needs quotes"),
        ("lr in (0.1, 0.5)", 6, "A list is written in brackets"),
        ("max(loss)-loss > 0", 9, "'-' needs a blank on both sides"),
        ("seed in [1:2]", 9, "A list cannot contain the range 1:2"),
        ("x=1 and 0.1 = lr", 8, "Expected a name, got 0.1"),
        ("0.1 != lr", 0, "Expected a name, got 0.1"),
        ("'a b' contains lr", 0, "Expected a name, got 'a b'"),
        ("1 < 2", 0, "Expected a name, got 1"),
        ("2 in [lr]", 0, "Expected a name, got 2"),
        ("2 is null", 0, "Expected a name, got 2"),
    ],
)
def test_marks_a_mistake_in_the_filter(text: str, caret: int, message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_condition(text)
    problem, shown, mark = error.value.message.split("\n")
    assert problem.startswith(message)
    assert shown == f"  {text}"
    wide = sum(ord(c) > 0x3000 for c in text[:caret])
    assert mark == "  " + " " * (caret + wide) + "^"
    assert error.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("avg(loss) < 1", "Did you mean 'mean'?"),
        ("MIN(loss) < 1", "Did you mean 'min'?"),
        ("best(loss) < 1", "Functions: last"),
        ("x => 3", "Use '>='"),
        ("started in [3, 4]", "Try: --where"),
        ("started > 3 days ago", 'Quote it: "3 days ago"'),
        ("started > 1h ago", 'Quote it: "1h ago"'),
        ("dataset = moons or xor", 'Write dataset in [moons, xor], or quote the word to search for it: "xor"'),
        ("x != 'a b' or b", 'Write x not in ["a b", b]'),
        ("started = today or yesterday", "Write the name again"),
        ("op ~ a* or b*", "Write op again"),
        ("acc between 0.8 and 0.9", "Write 0.8 <= acc <= 0.9"),
        ("acc not between 1 and 2", "Write not (1 <= acc <= 2)"),
        ('op like "sp%"', 'Write op ~ "sp*"'),
        ("op not like sp_", 'Write op !~ "sp?"'),
        ("seed % 2 = 0", "There is no remainder. List the values, for example seed in [0, 2, 4]"),
        ("lr in (0.1, 0.5)", "Write lr in [0.1, 0.5]"),
        ("seed in [1:2]", "Write 1 <= seed <= 2"),
        ("max(loss)-loss > 0", "Write blanks around -"),
    ],
)
def test_suggests_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_condition(text)
    assert error.value.hint.startswith(hint)


@pytest.mark.parametrize(
    "text",
    [
        "lr=1 or error",
        "lr=1 or #paper",
        "lr=1 or marked",
        "lr=1 or 'xor'",
        "loss < 1 or train",
        "(a=1 and b=2) or train",
        "train or eval",
        "train or lr=1",
        "train between",
        "like",
        "train like",
        "100%",
        'ratio in ["1:2"]',
    ],
)
def test_keeps_the_search_for_words(text: str) -> None:
    parse_condition(text)


@given(st.text(min_size=1))
def test_reads_a_quoted_name_as_the_same_name(name: str) -> None:
    if "`" in name and ("\\'" in name or name.endswith("\\")):
        return  # such a name cannot be written
    for kind in ("config", "metric"):
        condition = parse_condition(f"{quote_name(f'{kind}.{name}')} is set")
        assert isinstance(condition, State) and isinstance(condition.left, FieldName)
        assert (condition.left.kind, condition.left.plain_name) == (kind, name)


@pytest.mark.parametrize("operator", ["+", "**"])
def test_refuses_a_long_calculation(operator: str) -> None:
    parse_condition("loss" + f" {operator} 1" * 99 + " > 0")
    with pytest.raises(UsageError, match="More than 100"):
        parse_condition("loss" + f" {operator} 1" * 3000 + " > 0")


def test_suggests_no_other_quotes_for_a_quoted_time() -> None:
    with pytest.raises(UsageError) as error:
        parse_condition('started > "3000 years ago" and error')
    assert "Quote it" not in error.value.hint


def test_reads_a_time_as_long_as_it_is_exact() -> None:
    day = parse_condition("started = 2024-01-31")
    assert isinstance(day, AllOf)
    start, end = (int(part.right.text) for part in day.conditions)  # type: ignore[union-attr]  # comparisons
    assert end - start == 86_400_000_000
    assert show(parse_condition("started > 2024-01-31")) == f"(<started> >= '{end}')"
    assert show(parse_condition("started <= 2024-01-31")) == f"(<started> < '{end}')"
    assert show(parse_condition("started < 2024-01-31")) == f"(<started> < '{start}')"
    assert show(parse_condition("started in 2024-01-31")) == show(day)


@given(st.text() | st.text("ab=<>~!()[]'\"`,. @0and"))
def test_parses_or_rejects_any_text(text: str) -> None:
    try:
        parse_condition(text)
    except UsageError as error:
        assert "\n" in error.message


@given(st.text(), st.text(min_size=1))
def test_preserves_quoted_text(value: str, name: str) -> None:
    def quote(text: str) -> str:
        return "'" + text.replace("'", "\\'") + "'"

    if value.endswith("\\") or name.endswith("\\") or "\\'" in value + name:
        return
    if name in RUN_FIELDS:
        return
    condition = parse_condition(f"{quote(name)}={quote(value)}")
    assert isinstance(condition, Comparison)
    assert isinstance(condition.left, FieldName) and condition.left.name == name
    assert isinstance(condition.right, Constant) and condition.right.text == value


@pytest.mark.parametrize("text", ["(" * 1000 + "a" + ")" * 1000, "not " * 1000 + "a", "abs(" * 1000 + "a" + ")" * 1000])
def test_limits_the_depth(text: str) -> None:
    with pytest.raises(UsageError, match="More than 100"):
        parse_condition(text)


def test_parses_a_filter_of_10_000_characters() -> None:
    text = " or ".join(["x=1"] * 1430)
    assert len(text) > 9_999
    assert isinstance(parse_condition(text), AnyOf)


def test_never_evaluates_code() -> None:
    """No module of the language calls what could run a filter as code."""
    for name in ("grammar", "evaluate", "comparable", "fields", "parse"):
        tree = ast.parse(Path(grammar.__file__).with_name(f"{name}.py").read_text())
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"eval", "exec", "compile", "__import__"}
