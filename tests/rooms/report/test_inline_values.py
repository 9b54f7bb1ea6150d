"""Values in the text of a report."""

import pytest

from gage.report.inline import InlineQuery, parse_inline
from gage.types.errors import UsageError


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("count", InlineQuery("count")),
        ("count(status=error)", InlineQuery("count", "status=error")),
        ("best(val_acc)", InlineQuery("best", "val_acc")),
        ("best(min(loss)) | .3f", InlineQuery("best", "min(loss)", format=".3f")),
        ("best(mean(loss, 10), config.lr)", InlineQuery("best", "mean(loss, 10)", "config.lr")),
        ("latest( loss ) | .1%", InlineQuery("latest", "loss", format=".1%")),
        ("date", InlineQuery("date")),
    ],
)
def test_reads_values(text, query):
    assert parse_inline(text) == query


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("bset(loss)", "Unknown value 'bset(loss)'", "Did you mean 'best'?"),
        ("best", "best() needs a name", "Try: best(loss)"),
        ("latest()", "latest() needs a name", "Try: latest(loss)"),
        ("best(a, b, c)", "Expected best(METRIC) or best(METRIC, NAME)", "Try: best(loss, config.lr)"),
        ("best(a) | %d", "'%d' is not a format of numbers", "Try: .3f, .1%, .2e or ,d"),
        ("1 + 1", "Unknown value '1 + 1'", "Values: count, best(METRIC), latest(NAME), date"),
        ("date(x)", "Unknown value 'date(x)'", "Did you mean 'date'?"),
        ("", "Unknown value ''", "Values: count, best(METRIC), latest(NAME), date"),
    ],
)
def test_says_what_is_wrong(text, message, hint):
    with pytest.raises(UsageError) as error:
        parse_inline(text)
    assert (error.value.message, error.value.hint) == (message, hint)
