"""Times as people write them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.lib.human_times import parse_time_span

NOW = datetime(2026, 3, 31, 15, 45, 30)  # a Tuesday


def show(us: int) -> str:
    """Returns a time without its zeros at the end."""
    text = datetime.fromtimestamp(us / 1_000_000).isoformat(" ")
    return text.removesuffix(" 00:00:00").removesuffix(":00")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("now", "2026-03-31 15:45:30", "2026-03-31 15:45:31"),
        ("today", "2026-03-31", "2026-04-01"),
        ("Yesterday", "2026-03-30", "2026-03-31"),
        ("this week", "2026-03-30", "2026-04-06"),
        ("last week", "2026-03-23", "2026-03-30"),
        ("last month", "2026-02-01", "2026-03-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("last hour", "2026-03-31 14:00", "2026-03-31 15:00"),
        ("3 days ago", "2026-03-28 15:45:30", "2026-03-28 15:45:31"),
        ("3d", "2026-03-28 15:45:30", "2026-03-28 15:45:31"),
        ("an hour ago", "2026-03-31 14:45:30", "2026-03-31 14:45:31"),
        ("1 month ago", "2026-02-28 15:45:30", "2026-02-28 15:45:31"),
        ("2 years ago", "2024-03-31 15:45:30", "2024-03-31 15:45:31"),
        ("2024", "2024-01-01", "2025-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2024-02-29 14", "2024-02-29 14:00", "2024-02-29 15:00"),
        ("2024-02-29 14:30", "2024-02-29 14:30", "2024-02-29 14:31"),
        ("2024-02-29T14:30:05", "2024-02-29 14:30:05", "2024-02-29 14:30:06"),
    ],
)
def test_reads_a_time(text: str, start: str, end: str) -> None:
    span = parse_time_span(text, NOW)
    assert span is not None
    assert tuple(map(show, span)) == (start, end)


def test_reads_the_offset_of_a_time() -> None:
    assert parse_time_span("1970-01-01T02:00:00+02:00") == (0, 1_000_000)


@pytest.mark.parametrize(
    "text", ["", "soon", "3", "3 moons ago", "2024-13", "2023-02-29", "9999999 years ago", "2024-W13", "last", "-1d"]
)
def test_rejects_another_text(text: str) -> None:
    assert parse_time_span(text, NOW) is None


@given(st.text() | st.text("0123456789-: daysgo"))
def test_reads_or_rejects_any_text(text: str) -> None:
    span = parse_time_span(text, NOW)
    assert span is None or span[0] < span[1]
