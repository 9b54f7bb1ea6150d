"""Measures what Gage finds in programs and outputs that were written without knowing its rules.

    python benchmarks/blind.py [-v]

`tests/samples/blind` has nine sets of 60 outputs (`NNN.txt`, with the metrics that a careful reader sees in
`NNN.json`; also in `second/` to `ninth/`) and 60 programs (`programs/NNN`, with their parameters in `expected.json`);
its README describes the format. Each is run by `gage run` as a user would. A metric is right if its name, number of
points and last value are. Names are compared without case, with blanks, `_`, `-`, `/` and `.` as the same.
"""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, cast

from timing import GAGE

SAMPLES = Path(__file__).parent.parent / "tests" / "samples" / "blind"
LATER_SETS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
SETS = {"outputs": "*.txt"} | {f"outputs of the {name} set": f"{name}/*.txt" for name in LATER_SETS}
"""Title of a set of outputs → pattern of its files."""
MIN_RIGHT = 0.97
"""Share of metrics that must be right."""
MAX_FALSE_PROGRAMS = 0.1
"""False metrics for each output."""

Value = int | float | str | bool | None | list["Value"] | dict[str, "Value"]


class Score(NamedTuple):
    """`expected` values in one sample; the names of those `missing`, found `differently`, and `false` ones.

    `parameters` are the false ones that are parameters.
    """

    expected: int
    missing: tuple[str, ...] = ()
    differently: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def main() -> int:
    """Measures and prints; returns 1 if the metrics miss a limit."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"GAGE_CACHE": f"{folder}/cache", "GAGE_RUNS": f"{folder}/runs"}
        outputs = {
            title: {path.stem: score_output(path, Path(folder)) for path in sorted(SAMPLES.glob(pattern))}
            for title, pattern in SETS.items()
        }
        programs = {p.name: score_program(p, Path(folder)) for p in sorted((SAMPLES / "programs").iterdir())}
    for title, scores in outputs.items():
        print_scores(f"{title}, metrics", scores)
    print_scores("programs, parameters", programs)
    return int(not all(map(is_good_enough, outputs.values())))


def is_good_enough(scores: Mapping[str, Score]) -> bool:
    """Returns whether the metrics of a set of outputs are within the limits."""
    expected, false = sum(s.expected for s in scores.values()), sum(len(s.false) for s in scores.values())
    wrong = sum(len(s.missing) + len(s.differently) for s in scores.values())
    has_parameter = any(s.parameters for s in scores.values())
    return 1 - wrong / expected >= MIN_RIGHT and false / len(scores) <= MAX_FALSE_PROGRAMS and not has_parameter


def print_scores(title: str, scores: Mapping[str, Score]) -> None:
    """Prints the shares; with -v each mistake."""
    for name, score in scores.items() if "-v" in sys.argv else ():
        for kind in ("missing", "differently", "false"):
            for what in getattr(score, kind):
                print(f"{name}: {kind}: {what}")
    expected = sum(s.expected for s in scores.values())
    missing, differently, false, parameters = (
        sum(len(getattr(s, kind)) for s in scores.values()) for kind in Score._fields[1:]
    )
    right = expected - missing - differently
    print(
        f"{len(scores)} {title}: {expected}; right {right} ({100 * right / expected:.1f} %), missing {missing}, ",
        end="",
    )
    print(f"with other values {differently}, false {false} in {sum(bool(s.false) for s in scores.values())}", end="")
    print(f", of these parameters {parameters}")


def score_output(path: Path, folder: Path) -> Score:
    """Runs a program that prints the output, and compares its metrics with the expected ones."""
    expected = load_object(path.with_suffix(".json"))
    run_gage(["run", "--yes", "--quiet", "--", "cat", str(path)], folder)
    printed = run_gage(["metrics", "1", "--json"], folder)
    found: dict[str, tuple[int, Value]] = {}
    for point in json.loads(printed or "[]"):
        found[point["series"]] = found.get(point["series"], (0, None))[0] + 1, point["value"]
    aliases = as_names(expected.get("aliases"))
    accepted = cast(dict[str, list[list[Value]]], expected.get("accept", {}))
    left = {normalize(name): (name, value) for name, value in found.items()}
    missing, differently = [], []
    metrics = cast(dict[str, list[Value]], expected["metrics"])
    for name, answer in metrics.items():
        answers = [answer, *accepted.get(name, [])]
        keys = [key for key in map(normalize, (name, *aliases.get(name, []))) if key in left]
        if not keys:
            if not any(a[0] == 0 for a in answers):
                missing.append(name)
            continue
        shown = left.pop(keys[0])
        if not any(is_same_series(shown[1], a) for a in answers):
            differently.append(f"{name}: {shown[1]} for {answers}")
    allowed = {normalize(n) for n in (*as_list(expected.get("optional")), *as_list(expected.get("counters")))}
    allowed |= {normalize(a) for names in aliases.values() for a in names}
    parameters = {normalize(n) for n in as_list(expected["params"])}
    false = [name for key, (name, _) in left.items() if key not in allowed]
    return Score(
        len(metrics),
        tuple(missing),
        tuple(differently),
        tuple(false),
        tuple(n for n in false if normalize(n) in parameters or normalize(n.rpartition("/")[2]) in parameters),
    )


def score_program(directory: Path, folder: Path) -> Score:
    """Compares the parameters that `gage config` lists for a program with the expected ones."""
    expected = load_object(directory / "expected.json")
    project = folder / "projects" / directory.name
    shutil.copytree(directory, project, ignore=shutil.ignore_patterns("expected.json"))
    printed = run_gage(["config", str(expected["run"]), "--json"], project)
    found = {p["name"]: p for p in list_parameters(printed)}
    aliases = as_names(expected.get("aliases"))
    accepted = cast(dict[str, list[list[Value]]], expected.get("accept", {}))
    left = {normalize(name): p for name, p in found.items()}
    missing, differently = [], []
    parameters = cast(dict[str, list[Value]], expected["params"])
    for name, answer in parameters.items():
        keys = [key for key in map(normalize, (name, *aliases.get(name, []))) if key in left]
        if not keys:
            missing.append(name)
            continue
        p = left.pop(keys[0])
        if not any(is_same_value(p.get("default"), a[1]) for a in (answer, *accepted.get(name, []))):
            differently.append(f"{name}: {p.get('default')!r} for {answer[1]!r}")
    allowed = {normalize(n) for n in as_list(expected.get("optional"))}
    allowed |= {normalize(a) for names in aliases.values() for a in names}
    false = [str(p["name"]) for key, p in left.items() if key not in allowed]
    return Score(len(parameters), tuple(missing), tuple(differently), tuple(false))


def run_gage(words: list[str], cwd: Path) -> str:
    """Returns what Gage prints."""
    return subprocess.run([GAGE, *words], cwd=cwd, capture_output=True, text=True, timeout=60).stdout


def list_parameters(printed: str) -> list[dict[str, Value]]:
    """Returns the parameters of `gage config --json`, [] if there are none."""
    return cast(list[dict[str, Value]], json.loads(printed)["config"]) if printed else []


def load_object(path: Path) -> dict[str, Value]:
    """Returns the JSON object in a file."""
    return cast(dict[str, Value], json.loads(path.read_text("utf-8")))


def as_names(value: Value) -> dict[str, list[str]]:
    """Returns name → names."""
    return cast(dict[str, list[str]], value or {})


def as_list(value: Value) -> Iterable[str]:
    """Returns a list of names."""
    return cast(list[str], value or [])


def normalize(name: Value) -> str:
    """Returns a name as names are compared."""
    return re.sub(r"[\s_\-/.]+", " ", str(name)).strip().lower()


def is_same_series(found: tuple[Value, Value], answer: list[Value]) -> bool:
    """Returns whether number of points and last value are those of the answer."""
    return found[0] == answer[0] and is_same_value(found[1], answer[1])


def is_same_value(found: Value, answer: Value) -> bool:
    """Returns whether two values are equal; numbers up to the seventh digit."""
    found, answer = parse_non_finite(found), parse_non_finite(answer)
    if isinstance(found, int | float) and isinstance(answer, int | float):
        return math.isclose(found, answer, rel_tol=1e-6) or (math.isnan(found) and math.isnan(answer))
    return found == answer or str(found).lower() == str(answer).lower()


def parse_non_finite(value: Value) -> Value:
    """Converts the text of nan or of an infinity (`inf`, in JSON `Infinity`) to a number; returns others unchanged."""
    return float(value) if str(value).lower().lstrip("-") in ("nan", "inf", "infinity") else value


if __name__ == "__main__":
    sys.exit(main())
