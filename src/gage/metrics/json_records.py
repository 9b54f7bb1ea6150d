"""Numbers and steps in records: objects of JSON, rows of tables, dicts that programs print.

Knows names that steps and times have, not where records come from or which numbers are metrics.
"""

import re
from collections.abc import Iterator, Mapping

from gage.metrics.metric_phases import is_phase_word

NON_FINITE_TEXTS = ("NaN", "Infinity", "-Infinity")
"""How JSON, which has no such numbers, writes them as text."""
STEP_KEYS = (
    *("global_step", "_step", "step", "steps", "total_timesteps", "iteration", "training_iteration", "iter", "epoch"),
)
TIME_KEYS = frozenset(
    (
        "time",
        "update",
        "timestamp",
        "_timestamp",
        "ts",
        "date",
        "_runtime",
        "wall_time",
        "lineno",
        "pid",
        "seconds",
        "Passed",
        "Remaining",
    )
)


def flatten_numbers(
    record: Mapping[str, object], prefix: str = "", depth: int = 0, texts: "re.Pattern[str] | None" = None
) -> Iterator[tuple[str, float]]:
    """Yields the numbers of nested objects, names joined by `/`: no truth values, only texts that match `texts`."""
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, bool) or len(name) > 200:
            continue
        if isinstance(value, (int, float)):
            yield name, _to_float(value)
        elif isinstance(value, str) and value in NON_FINITE_TEXTS:
            yield name, float(value)
        elif texts and isinstance(value, str):
            if len(value) < 40 and texts.fullmatch(value):
                yield name, float(value)
        elif isinstance(value, Mapping) and depth < 8 and "_type" not in value:  # W&B's media have a type
            yield from flatten_numbers(value, f"{name}/", depth + 1, texts)


def find_record_phase(record: Mapping[str, object]) -> str:
    """Returns the phase that a text of a record names, such as `test` of `{"event": "test", "mae": 0.2}`; "" if none
    does.
    """
    for key in ("phase", "split", "mode", "event", "stage", "subset"):
        value = record.get(key)
        if isinstance(value, str) and is_phase_word(value):
            return value.lower()
    return ""


def _to_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def convert_wrapped_values(record: Mapping[str, object]) -> Mapping[str, object]:
    """Returns a record with `{"speed": {"value": 1.12}}`, as Gage 0.1 wrote it, as `{"speed": 1.12}`."""
    return {
        name: value["value"]
        if isinstance(value, Mapping) and isinstance(value.get("value"), int | float | str) and "_type" not in value
        else value
        for name, value in record.items()
    }


def find_step(record: Mapping[str, object]) -> tuple[str, int] | None:
    """Returns the key of the step in a record, and the step; None if it names none.

    An epoch written with a point (`1.0`, as Hugging Face's trainer does) is a value and not a step.
    """
    for key in STEP_KEYS:
        value = record.get(key)
        if isinstance(value, str) and value.isdigit() and len(value) < 18:
            return key, int(value)
        is_whole = isinstance(value, int) or (isinstance(value, float) and key != "epoch" and value.is_integer())
        if isinstance(value, (int, float)) and not isinstance(value, bool) and is_whole and abs(value) < 2**62:
            return key, int(value)
    return None
