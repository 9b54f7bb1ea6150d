"""Measures the time to load and validate Gage files.

"Over start-up" is the time of the call that loads a file, in a process that has imported the loader; "with imports" is
the same where the call imports the loader and `tomllib` first, as in `gage run`. Both are processor time, the minimum
of the rounds, like that of `python -c pass` beside it. Then 500 operations in each format: the wall time of a process,
less that of one that only imports the loader, beside `tomllib`.

python benchmarks/gagefile.py [ROUNDS]
"""

import json
import sys
import tempfile
from pathlib import Path

import yaml
from timing import PYTHON, Timing, compare, report, run_once

OPERATIONS = 500
MAX_RATIO = 10.0
MAX_RATIOS = {20: 0.4, 500: 10.0}
"""By number of operations, as multiples of `python -c pass`: 4 ms and 100 ms where that takes 10 ms."""
GOOD = "gage.toml"
LOAD = "from gage.gagefile.load import load_gagefile; assert {!r} in load_gagefile({!r}).operations"
TIMED_LOAD = """\
import pathlib, time
from gage.project import find, plan
{imports}
path = pathlib.Path({path!r})
start = time.process_time()
gagefile = find.load_gagefile(path)
elapsed = time.process_time() - start
assert len(gagefile.operations) == {count}
print(elapsed, file=open({out!r}, "a"))
"""
IMPORTS = {"over start-up": "import tomllib, gage.gagefile.load", "with imports": ""}


def make_operations(count: int) -> dict[str, object]:
    """Returns operations with five settings each."""
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


def format_toml(data: dict[str, object]) -> str:
    """Returns operations as TOML."""
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {_format_value(value)}\n" for key, value in op.items())
        for name, op in data.items()
        if isinstance(op, dict)
    )


def _format_value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_format_value(each)}" for key, each in value.items()) + " }"
    return "[" + ", ".join(map(_format_value, value)) + "]" if isinstance(value, list) else json.dumps(value)


def main() -> int:
    """Measures and prints; returns 1 when a limit is exceeded."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        start_up = min(run_once(PYTHON, processor_time=True) for _ in range(rounds)) * 1000
        loads = []
        for count, limit in MAX_RATIOS.items():
            for label, imports in IMPORTS.items():
                ms = _measure_load(directory / f"{count}-{len(loads)}", count, imports, rounds)
                loads.append(Timing(f"{count} operations, {label}", ms, ms / start_up, None if not imports else limit))
        passed = report("Loading a Gage file (TOML), processor time", loads)
        timings = _compare_formats(directory, rounds)
        report(f"{OPERATIONS} operations: a whole process", timings)
        _, start, *others = timings
        over = [
            Timing(t.name, t.ms - start.ms, t.ratio - start.ratio, MAX_RATIO if t.name == GOOD else None)
            for t in others
        ]
        return int(not report("Of that, over the import of the loader", over) or not passed)


def _compare_formats(folder: Path, rounds: int) -> list[Timing]:
    data = make_operations(OPERATIONS)
    last_name = f"op-{OPERATIONS - 1}"
    files = {
        "gage.toml": format_toml(data),
        "gage.json": json.dumps(data, indent=2),
        "gage.yaml": yaml.safe_dump(data, sort_keys=False),
        "wrong.toml": format_toml(data).replace("description", "descripton", 1),
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    read = f"import tomllib; tomllib.load(open({str(folder / 'gage.toml')!r}, 'rb'))"
    programs = {
        "import gage.gagefile.load": [sys.executable, "-c", "import gage.gagefile.load"],
        "tomllib alone": [sys.executable, "-c", read],
        **{name: [sys.executable, "-c", LOAD.format(last_name, str(folder / name))] for name in files},
    }
    return compare(programs, None, rounds)


def _measure_load(project: Path, count: int, imports: str, rounds: int) -> float:
    """Returns the processor time in ms of loading a Gage file, the minimum of the rounds."""
    project.mkdir()
    (project / "gage.toml").write_text(format_toml(make_operations(count)))
    times_path = project / "times"
    program = TIMED_LOAD.format(imports=imports, path=str(project), count=count, out=str(times_path))
    for _ in range(rounds):
        run_once([sys.executable, "-c", program])
    return min(map(float, times_path.read_text().split())) * 1000


if __name__ == "__main__":
    sys.exit(main())
