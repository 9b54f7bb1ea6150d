"""`gage check`."""

import errno
import hashlib
import os
import shutil
import time
from importlib import metadata

import plugin_packages
import pytest
from stores import make_run

from gage.cli import diagnostics
from gage.cli.commands import check
from gage.lib import uuid7
from gage.project.find import find_project
from gage.store.layout import RunPaths
from gage.store.store import RunStore

DIGEST_OF_X = hashlib.sha256(b"x").hexdigest()
GOOD = '[train]\nexec = "python train.py"\n'


def test_checks_the_installation(gage, store, project):
    result = gage("check")
    for text in ("Gage", "Python", str(project), f"{store} (3 runs)", "Index"):
        assert text in result.out
    assert gage("check", "--json").json["gagefile_problems"] == 0


@pytest.mark.parametrize("name", ["gage.toml", "."])
def test_checks_a_gage_file(gage, project, name):
    (project / "gage.toml").write_text(GOOD)
    assert "1 operation, no problems" in gage("check", name).out
    (project / "gage.toml").write_text(GOOD.replace("exec", "exce"))
    result = gage("check", name, code=1)
    assert "gage.toml:2:1" in result.out and "^" in result.out and "exec" in result.out
    assert gage("check", name, "--json", code=1).json["problems"][0]["line"] == 2


IN_PROJECT = """
[a]
exec = "python gone.py"
depends = ["run-files: operation=prepare", "gone.csv", { files = "d.txt", link = true }]
progress = "tqdm"
[b]
exec = "python train.py {lrr}"
config = "train.py#rate"
depends = { path = "d.txt", sha256 = "DIGEST" }
[c]
exec = "python train.py {lr} {lost}"
config = { name = "lr", default = 1 }
label = "{lost2}"
"""


def test_finds_what_a_run_would_not_find_or_refuse(gage, project):
    (project / "d.txt").write_text("x")
    (project / "gage.toml").write_text(IN_PROJECT.replace("DIGEST", "0" * 64))
    problems = gage("check", "gage.toml", "--json", code=1).json["problems"]
    found = {(p["line"], p["operation"], p["message"]) for p in problems}
    assert found == {
        (3, "a", "The script gone.py does not exist"),
        (4, "a", "Dependencies of the kind run-files are not supported yet"),
        (4, "a", "The operation depends on gone.csv, which is not in the project"),
        (4, "a", '"link" is not supported yet: the files are copied into the run'),
        (5, "a", '"progress" has no effect'),
        (8, "b", "The config names train.py#rate, but train.py has no such parameter"),
        (9, "b", f"d.txt is not the file that the operation expects: its sha256 is {DIGEST_OF_X}"),
        (11, "c", "The placeholder {lost} is not a parameter: it stays as it is"),
        (13, "c", "The placeholder {lost2} is not a parameter: it stays as it is"),
    }


def test_accepts_a_gage_file_that_fits_its_project(gage, project):
    (project / "d.txt").write_text("x")
    fitting = f"""[a]\nexec = "python train.py {{lr}}"\nconfig = "train.py"\nlabel = "{{lr}} {{{{x}}}}"
depends = {{ path = "d.txt", sha256 = "{DIGEST_OF_X.upper()}" }}\n"""
    (project / "gage.toml").write_text(fitting)
    assert "1 operation, no problems" in gage("check", "gage.toml").out


def test_compares_the_block_of_a_script_with_the_project(gage, project):
    block = "# /// gage\n# label = '{x}'\n# depends = 'gone.csv'\n# exec = 'python fit.py'\n# ///\nlr = 1\n"
    (project / "fit.py").write_text(block)
    problems = gage("check", "fit.py", "--json", code=1).json["problems"]
    assert [(p["line"], p["message"]) for p in problems] == [
        (2, "The placeholder {x} is not a parameter: it stays as it is"),
        (3, "The operation depends on gone.csv, which is not in the project"),
    ]


def test_rejects_an_empty_json_file(gage, project):
    (project / "gage.json").touch()
    assert "The file is empty" in gage("check", "gage.json", code=1).out


def test_rejects_a_missing_gage_file(gage):
    assert "Gage file nowhere.toml does not exist" in gage("check", "nowhere.toml", code=1).err


def test_prints_the_json_schema(gage):
    assert gage("check", "--schema").json["title"] == "Gage file"


def test_verifies_files_of_runs(gage, store):
    assert gage("check", "--run", "1").out.rstrip().endswith("ok")
    assert len(gage("check", "--all").out.splitlines()) == 3
    run_dir = gage("select", "1", "--run-dir").out.strip()
    with open(f"{run_dir}/a/b.txt", "w") as file:
        file.write("other")
    os.remove(f"{run_dir}/train.py")
    with open(f"{run_dir}/new", "w") as file:
        file.write("x")
    result = gage("check", "--run", "1", code=1)
    assert [line.split() for line in result.out.splitlines()[1:]] == [
        ["missing", "train.py"],
        ["changed", "a/b.txt"],
        ["extra", "new"],
    ]
    report = gage("check", "--all", "--json", code=1).json["runs"]
    assert sorted(r["ok"] for r in report) == [False, True, True]


def test_repair_removes_old_temporary_files(gage, store):
    assert "Nothing to repair" in gage("check", "--repair").err
    (store / ".tmp-left").write_text("x")
    os.utime(store / ".tmp-left", (1, 1))
    assert "Nothing to repair" not in gage("check", "--repair").err
    assert not (store / ".tmp-left").exists()


def test_reports_problems_of_the_installation(gage, project, store, tmp_path):
    assert gage("check").out.endswith("\nNo problems found\n")
    (project / "gage.toml").write_text(GOOD.replace("exec", "exce"))
    (store / ".tmp-left").write_text("x")
    os.utime(store / ".tmp-left", (1, 1))
    make_run(store, members={"opref": ""}, files={})
    ahead = uuid7.parse_ms(uuid7.generate()) + 3_600_000
    make_run(store, id=f"{ahead:012x}"[:8] + "-" + f"{ahead:012x}"[8:] + uuid7.generate()[13:])
    (tmp_path / "file").write_text("")
    result = gage("check", code=1, env={"GAGE_CACHE": str(tmp_path / "file" / "x")})
    for text in (
        "1 problem in gage.toml\nTry: gage check gage.toml",
        "1 damaged run\nTry: gage check --run ",
        ".tmp-left is a temporary file of a process that was killed\nTry: gage check --repair",
        "Cannot store the index",
        "The latest run was created 59 min",
    ):
        assert text in result.err, text
    report = gage("check", "--json", code=1).json
    assert len(report["problems"]) == 4 and report["gagefile_problems"] == 1 and "installed_in" in report


def test_reports_an_unusable_runs_directory(gage, project):
    (project / "file").write_text("")
    assert "file is not a directory" in gage("check", "--runs", "file", code=1).err
    assert gage("check", "--runs", "new").out.endswith("No problems found\n")
    assert not (project / "new").exists()


def test_compares_the_version_with_a_condition(gage):
    assert gage("check", "--version", ">=0.2,<99").out.startswith("Gage 0.")
    result = gage("check", "--version", "<0.2", code=1)
    assert "does not match <0.2" in result.err and "pip install 'gage-ml<0.2'" in result.err
    assert "'0.2' is not a version condition" in gage("check", "--version", "0.2", code=2).err
    assert "cannot be used together" in gage("check", "--version", ">0", "--all", code=2).err


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda p: p.run_dir.joinpath("a", "b.txt").chmod(0o600), ""),
        (lambda p: relink(p.run_dir / "train.py", "a/b.txt"), "missing  train.py"),
        (lambda p: relink(p.run_dir / "train.py", "/etc/passwd"), "missing  train.py"),
        (lambda p: flip(p.meta_zip), "damaged"),
        (lambda p: p.meta_zip.write_bytes(p.meta_zip.read_bytes()[:-40]), "damaged"),
        (lambda p: shutil.rmtree(p.run_dir), "The run directory is missing"),
    ],
)
def test_reports_problems_of_a_run(gage, store, damage, message):
    (id,) = gage("select", "1").out.split()
    damage(RunPaths(store, id))
    result = gage("check", "--run", id, code=1 if message else 0)
    assert message in result.out
    assert gage("check", "--all", code=1 if message else 0).out.count("  ok\n") == (2 if message else 3)


def relink(path, target):
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def flip(path):
    data = bytearray(path.read_bytes())
    data[data.index(b'"argv"')] ^= 0x55
    path.write_bytes(bytes(data))


def test_rejects_options_that_exclude_each_other(gage):
    assert "--run and --all cannot be used together" in gage("check", "--all", "--run", "1", code=2).err
    assert "PATH and --schema cannot be used together" in gage("check", "--schema", "x", code=2).err


def test_lists_plugins(gage, store, tmp_path):
    assert gage("check", "--json").json["plugins"] == []
    packages = plugin_packages.install_documented(tmp_path / "packages")
    env = {"PYTHONPATH": os.pathsep.join(filter(None, (str(packages), os.environ.get("PYTHONPATH"))))}
    assert "curve of gage-curve 1.2\n" in gage("check", env=env).out
    plugin_packages.install(packages, "gage_bad", "import nowhere_at_all")
    result = gage("check", code=1, env=env)
    assert "bad of gage-bad 1.2 (broken), curve of gage-curve 1.2\n" in result.out
    assert "cannot be used: ModuleNotFoundError" in result.err and "Try: pip install --upgrade gage-bad" in result.err
    report = gage("check", "--json", code=1, env=env).json
    assert [(p["name"], p["package"], p["version"], bool(p["problem"])) for p in report["plugins"]] == [
        ("bad", "gage-bad", "1.2", True),
        ("curve", "gage-curve", "1.2", False),
    ]
    assert len(report["problems"]) == 1


def test_run_uses_plugins_and_ignores_broken_ones(gage, project, tmp_path):
    packages = plugin_packages.install_documented(tmp_path / "packages")
    plugin_packages.install(packages, "gage_bad", "import nowhere_at_all")
    env = {"PYTHONPATH": os.pathsep.join(filter(None, (str(packages), os.environ.get("PYTHONPATH"))))}
    (project / "log.py").write_text("open('mine.curve', 'w').write('0 0.5\\n1 0.25\\n')\n")
    gage("run", "log.py", "--yes", env=env)
    assert gage("show", "--json").json["metrics"]["mine"]["last"] == 0.25
    result = gage("metrics", "1", "--csv", env=env)
    assert "mine,1," in result.out and result.err.count("The plugin bad of gage-bad 1.2 is left out") == 1


def test_uses_the_user_config(gage, project, home):
    assert "(does not exist)" in gage("check").out
    file = home / ".config" / "gage" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('runs-dir = "~/all-runs"')
    gage("run", "train.py", "--yes")
    assert f"{home / 'all-runs'} (1 run)" in gage("check").out
    assert f"User config   {file}\n" in gage("check").out
    assert not (project / ".gage").exists()
    (project / "gage.toml").write_text('"$runs-dir" = "here"')
    assert f"{project / 'here'} (0 runs)" in gage("check").out
    (project / "gage.toml").unlink()
    file.write_text("runs-dir = ~/all-runs")
    for words in (["list"], ["check"], ["run", "train.py", "--yes"]):
        failed = gage(*words, code=None)
        assert failed.code == 1
        assert f"{file} is not valid: Invalid value (at line 1, column 12)" in failed.err


def _folder(path):
    path.mkdir()


def _loop(path):
    path.symlink_to(path.name)


def _pipe(path):
    os.mkfifo(path)


@pytest.mark.parametrize(
    "make, message",
    [(_folder, "This is a directory"), (_loop, "This is a broken link"), (_pipe, "This is not a file")],
)
def test_rejects_gage_file_that_is_not_a_file(gage, project, make, message):
    make(project / "gage.toml")
    assert gage("check", "gage.toml", code=1).out.startswith(f"gage.toml:1:1: {message}")
    assert f"gage.toml:1:1: {message}" in gage("operations").err
    assert "A Gage file already exists" in gage("init", code=2).err


def test_reports_two_gage_files(gage, project):
    (project / "gage.toml").write_text(GOOD)
    (project / "gage.json").write_text("{}")
    message = "There are 2 Gage files in this directory; only gage.toml is used"
    assert message in gage("check", "gage.json", code=1).out
    assert gage("operations").err.count(message) == 1


def test_checks_the_block_in_a_script(gage, project):
    (project / "a.py").write_text('# /// gage\n# descripton = "x"\n# ///\n')
    assert gage("check", "a.py", code=1).out.startswith('a.py:2:3: Unknown setting "descripton"')
    (project / "a.py").write_text('# /// gage\n# description = "x"\n# ///\n')
    assert "1 operation, no problems" in gage("check", "a.py").out
    (project / "a.py").write_text("1\n")
    assert "a.py is not a Gage file and has no gage block" in gage("check", "a.py", code=1).err


def test_reports_a_rejected_operation_once(gage, project):
    (project / "gage.toml").write_text(GOOD.replace("exec", "exce"))
    assert gage("run", "train", "-y", code=1).err.count("Unknown setting") == 1


def test_reports_a_missing_library(project, store, monkeypatch):
    def fail(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", fail)
    problem = next(diagnostics.find_problems(RunStore(store), find_project(project)))
    assert problem.message == "The library click is not installed"


def test_reports_a_clock_that_is_wrong(store, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 0.0)
    problem = next(diagnostics._check_clock(RunStore(store)))
    assert problem.message == "The clock of this machine is wrong: it says 1970-01-01"


def test_reports_a_runs_directory_without_permission(store, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    assert next(diagnostics._check_location(RunStore(store))).message == f"Cannot write runs to {store}"


def test_reports_a_disk_that_is_nearly_full(store, monkeypatch):
    monkeypatch.setattr(diagnostics, "MIN_FREE_BYTES", 1 << 80)
    assert "free in the runs directory" in next(diagnostics._check_location(RunStore(store))).message


def test_works_on_a_disk_without_known_size(store, monkeypatch):
    def fail(path):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(shutil, "disk_usage", fail)
    assert list(diagnostics._check_location(RunStore(store))) == []


def test_works_without_git(gage, store, tmp_path):
    (tmp_path / "bin").mkdir()
    assert "none" in gage("check", env={"PATH": str(tmp_path / "bin")}).out


def test_ignores_runs_that_are_removed_meanwhile(store, capsys):
    assert check._check_runs(RunStore(store), [uuid7.generate()], as_json=False) == 0
    assert capsys.readouterr().out == "There are no runs\n"
