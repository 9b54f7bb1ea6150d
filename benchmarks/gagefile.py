"""Measures the time to load and validate Gage files.

500 operations: the wall time of a process, less that of one that only imports the loader, beside `tomllib`. 20 and 500
operations in `gage run`: the processor time of the one call that loads the file, with all that it imports (`tomllib`
and the loader too), in a new process that has imported what `gage run` imports before. That is the minimum of the
rounds, as is that of `python -c pass` beside it; "again" is a second call in the same process, which imports nothing.

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
MAX_RATIOS_IN_RUN = {20: 0.4, 500: 10.0}
"""As multiples of `python -c pass`, which takes 10 ms: 100 ms and 4 ms."""
GOOD = "gage.toml"
LOAD = "from gage.gagefile.load import load_gagefile; found = load_gagefile({!r}); assert {!r} in found.operations"
IN_RUN = """\
import pathlib, time
from gage.project import find, plan
path = pathlib.Path({path!r})
times = [time.process_time()]
for _ in range(2):
    assert len(find.load_gagefile(path).operations) == {count}
    times.append(time.process_time())
print(times[1] - times[0], times[2] - times[1], file=open({out!r}, "a"))
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
        _, start, *others = timings
        over = [
            Timing(
                f"{t.name}, over start-up",
                t.ms - start.ms,
                t.ratio - start.ratio,
                MAX_RATIO if t.name == GOOD else None,
            )
            for t in others
        ]
        start_up = min(run_once(PYTHON, processor_time=True) for _ in range(rounds)) * 1000
        for count, limit in MAX_RATIOS_IN_RUN.items():
            first, again = _measure_in_run(folder, count, rounds)
            name = f"{count} operations in gage run"
            over.append(Timing(name, first, first / start_up, limit))
            over.append(Timing(f"{name}, again", again, again / start_up))
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


def _measure_in_run(folder: Path, count: int, rounds: int) -> tuple[float, float]:
    """Returns the processor time in ms of the first and of a second call, each the minimum of the rounds."""
    project = folder / f"project-{count}"
    project.mkdir()
    (project / "gage.toml").write_text(toml(operations(count)))
    out = project / "times"
    program = IN_RUN.format(path=str(project), count=count, out=str(out))
    for _ in range(rounds + 1):
        run_once([sys.executable, "-c", program])
    calls = [tuple(map(float, line.split())) for line in out.read_text().splitlines()]
    return min(first for first, _ in calls) * 1000, min(again for _, again in calls) * 1000


if __name__ == "__main__":
    sys.exit(main())
