"""Limits the modules that commands import and the files they open. `benchmarks` measures their time."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from stores import make_run, make_store
from waiting import wait_until

from gage.index.file_stamps import is_recent
from gage.index.index import MAX_LOADED_RUNS
from gage.index.stored_runs import SAMPLED_RUNS
from gage.store.store import RunStore

RECORD = Path(__file__).with_name("record.py")
LIVE_RUNS = Path(__file__).with_name("live_runs.py")

HEAVY = {
    *("asyncio", "concurrent", "decimal", "difflib", "email", "getpass", "gettext", "hashlib", "http"),
    *("importlib.metadata", "inspect", "ipaddress", "locale", "logging", "multiprocessing", "numpy", "optparse", "pdb"),
    *("platform", "psutil", "random", "rich", "shutil", "socket", "ssl", "subprocess", "tempfile", "tomllib"),
    *("textual", "unittest", "urllib.request", "xml", "yaml", "zipfile", "argparse"),
}
"""Modules that a listing does not need."""

HEAVY_FOR_RUN = HEAVY - {"subprocess", "hashlib", "shutil", "difflib", "inspect"}


class CommandRecord(NamedTuple):
    """The files that a command opened, in order, the modules that it loaded, and those whose functions it called."""

    opened: list[str]
    modules: set[str]
    entered: list[str]

    @property
    def non_standard(self) -> set[str]:
        """Returns the modules that are not part of Python: their number is the same in each version of Python."""
        return {name for name in self.modules if name.partition(".")[0] not in sys.stdlib_module_names}

    def below(self, folder: Path) -> list[str]:
        """Returns the files opened below `folder`, relative to it."""
        return [path.removeprefix(f"{folder}/") for path in self.opened if path.startswith(f"{folder}/")]


def record_gage(folder: Path, *words: str) -> CommandRecord:
    record_path = folder / f"record-{os.urandom(4).hex()}.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    completed = subprocess.run(
        [sys.executable, RECORD, record_path, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    record = json.loads(record_path.read_text())
    assert record["code"] == 0, completed.stderr
    return CommandRecord(
        record["opened"], set(record["modules"]), [path for path in record["entered"] if "/gage/" in path]
    )


def wait_until_not_recent(store: RunStore) -> None:
    """Returns when all changes of the store are so old that the index relies on them."""
    wait_until(lambda: not any(is_recent(path.stat()) for path in (store.root, *store.root.rglob("*"))))


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """Creates and indexes 50 runs, and waits until their changes are not recent."""
    store = make_store(tmp_path / ".gage" / "runs", 50)
    store.annotate([min(store.list_ids())], {"label": "oldest"})
    wait_until_not_recent(store)
    os.utime(store.root, (1, 1))
    record_gage(tmp_path, "list")
    wait_until_not_recent(store)
    record_gage(tmp_path, "list")
    return store


@pytest.mark.parametrize(
    ("words", "max_modules", "max_non_standard"),
    [(["--version"], 70, 6), (["--help"], 75, 8), (["list"], 170, 72), (["list", "--json"], 170, 72)],
)
def test_command_imports_few_modules(tmp_path: Path, words: list[str], max_modules: int, max_non_standard: int) -> None:
    record = record_gage(tmp_path, *words)
    assert record.modules & HEAVY == set()
    assert len(record.modules) <= max_modules
    assert len(record.non_standard) <= max_non_standard


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_version_and_help_import_no_command_line_library(tmp_path: Path, words: list[str]) -> None:
    assert record_gage(tmp_path, *words).modules & {"click", "sqlite3", "dataclasses", "re", "json", "pathlib"} == set()


def test_list_imports_no_code_that_reads_or_creates_runs(store: RunStore, tmp_path: Path) -> None:
    modules = record_gage(tmp_path, "list").modules
    readers = {m for m in modules if m.startswith(("gage.runner", "gage.formats", "gage.parsers", "gage.gagefile."))}
    assert readers <= {"gage.gagefile.file_names"}
    assert modules & {"gage.store.read_run", "gage.lib.zipread", "gage.store.meta_writer"} == set()


def test_a_printed_comparison_loads_no_screen(store: RunStore, tmp_path: Path) -> None:
    assert record_gage(tmp_path, "compare", "--table").modules & {"textual", "rich", "asyncio"} == set()


@pytest.mark.parametrize(
    "words",
    [["list"], ["list", "--all", "--json"], ["list", "3:5"], ["list", "-w", "lr=0.01"], ["list", "-w", "oldest"]],
)
def test_commands_open_no_unchanged_run(store: RunStore, tmp_path: Path, words: list[str]) -> None:
    assert set(record_gage(tmp_path, *words).below(store.root)) <= {".changes"}


def test_list_opens_only_changed_runs(store: RunStore, tmp_path: Path) -> None:
    changed = sorted(store.list_ids())[-2:]
    store.annotate(changed[:1], {"label": "by Gage"})
    file = next((store.root / f"{changed[0]}.user").iterdir())
    (store.root / f"{changed[1]}.user").mkdir(exist_ok=True)
    (store.root / f"{changed[1]}.user" / file.name).write_bytes(file.read_bytes())
    opened = record_gage(tmp_path, "list").below(store.root)
    assert {path[:36] for path in opened} - {".changes"} == set(changed)


def test_list_opens_only_a_new_run(store: RunStore, tmp_path: Path) -> None:
    id = make_run(store, run_dir=False)
    opened = record_gage(tmp_path, "list").below(store.root)
    assert {path[:36] for path in opened} - {".changes"} == {id}


@pytest.fixture(scope="module")
def large_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Creates a project with more runs than a listing may hold in memory."""
    project = tmp_path_factory.mktemp("large")
    loss = '{"loss": {"count": 1, "last": {"step": 1, "value": 0.5}}}'
    make_store(project / ".gage" / "runs", MAX_LOADED_RUNS + 200, members={"summaries/metrics.json": loss})
    return project


@pytest.mark.parametrize(
    "words",
    [["list", "--all"], ["list", "--all", "--json"], ["list", "--csv"], ["list", "--tsv"], ["best", "loss"]],
    ids=" ".join,
)
def test_commands_hold_few_of_many_runs_in_memory(large_project: Path, tmp_path: Path, words: list[str]) -> None:
    path = tmp_path / "live"
    subprocess.run([sys.executable, LIVE_RUNS, path, *words], cwd=large_project, check=True, capture_output=True)
    decoded, most = map(int, path.read_text().split())
    assert decoded >= MAX_LOADED_RUNS + 200
    assert 1 <= most <= SAMPLED_RUNS + 50


def test_run_imports_few_modules(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("lr = 0.1\nprint('hello', lr)\n")
    record = record_gage(tmp_path, "run", "hello.py", "lr=0.2", "-y")
    assert record.modules & HEAVY_FOR_RUN == set()
    assert len(record.entered) <= (92 if sys.version_info < (3, 14) else 106)
    assert len(record.modules) <= 272  # some of them for metrics, if the program runs for long enough
    assert len(record.non_standard) <= 150
    assert not any(name.startswith("gage.index") for name in record.modules)


def test_run_opens_each_metadata_file_once(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("lr = 0.1\nprint('hello', lr)\n")
    opened = record_gage(tmp_path, "run", "hello.py", "lr=0.2", "-y").below(tmp_path / ".gage" / "runs")
    meta = [path.partition(".meta/")[2] for path in opened if ".meta/" in path]
    members = Counter(resolve_member(path) for path in meta)
    assert members["config.json"] == 1
    assert {name: count for name, count in members.items() if count > 1 and name != "manifest"} == {}
    assert members["manifest"] <= 2  # staged, and complete


def test_run_loads_what_seals_it_while_the_program_runs(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("print('hello')\n")
    opened = record_gage(tmp_path, "run", "hello.py", "-y").opened
    last_before_start = next(at for at, path in enumerate(opened) if "/proc/.tmp-env.json" in path)
    first_after_end = next(at for at, path in enumerate(opened) if "/proc/.tmp-exit" in path)
    for module in ("gage/lib/zipread", "gage/lib/zipwrite", "gage/store/seal", "gage/store/read_run"):
        loaded = [at for at, path in enumerate(opened) if module in path.replace("__pycache__/", "")]
        assert loaded and last_before_start < min(loaded) and max(loaded) < first_after_end


def resolve_member(path: str) -> str:
    """Returns the member that a file is or, if it is unfinished (`.tmp-<name>-<random>`), becomes."""
    folder, _, name = path.rpartition("/")
    if name.startswith(".tmp-"):
        name = name.removeprefix(".tmp-").rpartition("-")[0] or name
    return f"{folder}/{name}".lstrip("/")


@pytest.mark.parametrize("runs_dir", ["", '"$runs-dir" = "../elsewhere"\n'])
@pytest.mark.parametrize(
    "words", [["run", "hello", "--preview"], ["run", "hello", "lr=[1,2]", "--preview"], ["config", "hello"]]
)
def test_command_reads_the_gage_file_once(tmp_path: Path, words: list[str], runs_dir: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "hello.py").write_text("lr = 0.1\nprint('hello', lr)\n")
    (project / "gage.toml").write_text(f'{runs_dir}[hello]\nexec = "python hello.py"\n')
    assert record_gage(project, *words).below(project).count("gage.toml") == 1
