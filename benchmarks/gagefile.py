"""Measures the time to load a Gage file with 500 operations, beside `tomllib`; and one with 20 in `gage run`.

python benchmarks/gagefile.py [ROUNDS]
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

import yaml
from timing import Timing, compare, report, run_once

OPERATIONS = 500
FEW_OPERATIONS = 20
MAX_RATIO = 10.0
MAX_RATIO_FEW = 0.4
"""As multiples of `python -c pass`, which takes 10 ms: 100 ms and 4 ms."""
GOOD = "gage.toml"
LOAD = "from gage.gagefile.load import load_gagefile; found = load_gagefile({!r}); assert {!r} in found.operations"
IN_RUN = """\
import time, tomllib
import gage.gagefile.load
from gage.project import find, plan
start = time.perf_counter()
found = find.load_gagefile({path!r})
took = time.perf_counter() - start
assert found.operations
open({out!r}, 'a').write(str(took * 1000) + "\\n")
"""


def operations(count: int) -> dict[str, object]:
    """Operations of five settings."""
    return {
        f"op-{n}": {
            "description": f"Trains model {n}",
            "exec": f"python train.py --seed {n} --lr {{lr}}",
            "config": [
                {"name": "lr", "default": 0.1, "min": 0, "max": 1},
                f"conf/{n}.yaml",
            ],
            "depends": ["data"],
            "tags": ["all", f"n{n}"],
        }
        for n in range(count)
    }


def toml(data: dict[str, object]) -> str:
    """Operations as TOML."""
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in op.items())
        for name, op in data.items()
        if isinstance(op, dict)
    )


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    return "[" + ", ".join(map(_value, value)) + "]" if isinstance(value, list) else json.dumps(value)


def main() -> int:
    """Measure and print; 1 when a limit is not kept."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        timings = _large(folder, rounds)
        kept = report(f"{OPERATIONS} operations: load and check", timings)
        floor, start, *others = timings
        over = [
            Timing(
                f"{t.name}, over start-up",
                t.ms - start.ms,
                t.ratio - start.ratio,
                MAX_RATIO if t.name == GOOD else None,
            )
            for t in others
        ]
        small = _small(folder, rounds)
        over.append(Timing(f"{FEW_OPERATIONS} operations in gage run", small, small / floor.ms, MAX_RATIO_FEW))
        return int(not report("Of that", over) or not kept)


def _large(folder: Path, rounds: int) -> list[Timing]:
    data = operations(OPERATIONS)
    last = f"op-{OPERATIONS - 1}"
    files = {
        "gage.toml": toml(data),
        "gage.json": json.dumps(data, indent=2),
        "gage.yaml": yaml.safe_dump(data, sort_keys=False),
        "wrong.toml": toml(data).replace("description", "descripton", 1),
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    read = f"import tomllib; tomllib.load(open({str(folder / 'gage.toml')!r}, 'rb'))"
    programs = {
        "import gage.gagefile.load": [sys.executable, "-c", "import gage.gagefile.load"],
        "tomllib alone": [sys.executable, "-c", read],
        **{name: [sys.executable, "-c", LOAD.format(str(folder / name), last)] for name in files},
    }
    return compare(programs, None, rounds)


def _small(folder: Path, rounds: int) -> float:
    """Returns the milliseconds, without imports, to load a file of a few operations as `gage run` does."""
    project = folder / "small"
    project.mkdir()
    (project / "gage.toml").write_text(toml(operations(FEW_OPERATIONS)))
    out = folder / "took"
    program = IN_RUN.format(path="PATH", out=str(out)).replace(
        "'PATH'", f"__import__('pathlib').Path({str(project)!r})"
    )
    for _ in range(rounds + 1):
        run_once([sys.executable, "-c", program])
    return statistics.median(map(float, out.read_text().split()[1:]))


if __name__ == "__main__":
    sys.exit(main())
