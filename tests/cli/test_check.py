"""`gage check`."""

import os

import pytest

GOOD = '[train]\nexec = "python train.py"\n'


def test_set_up(gage, store, project):
    done = gage("check")
    for text in ("Gage", "Python", str(project), f"{store} (3 runs)", "Index"):
        assert text in done.out
    assert gage("check", "--json").json["problems"] == 0


@pytest.mark.parametrize("name", ["gage.toml", "."])
def test_a_gage_file(gage, project, name):
    (project / "gage.toml").write_text(GOOD)
    assert "1 operation, nothing is wrong" in gage("check", name).out
    (project / "gage.toml").write_text(GOOD.replace("exec", "exce"))
    done = gage("check", name, code=1)
    assert "gage.toml:2:1" in done.out and "^" in done.out and "exec" in done.out
    assert gage("check", name, "--json", code=1).json["problems"][0]["line"] == 2
    assert "gage.toml:2:1" in gage("check", code=1).err


def test_no_such_file(gage):
    assert "There is no Gage file nowhere.toml" in gage("check", "nowhere.toml", code=1).err


def test_schema(gage):
    assert gage("check", "--schema").json["title"] == "Gage file"


def test_runs(gage, store):
    assert gage("check", "--run", "1").out.rstrip().endswith("ok")
    assert len(gage("check", "--all").out.splitlines()) == 3
    run_dir = gage("select", "1", "--run-dir").out.strip()
    with open(f"{run_dir}/a/b.txt", "w") as file:
        file.write("other")
    os.remove(f"{run_dir}/train.py")
    with open(f"{run_dir}/new", "w") as file:
        file.write("x")
    done = gage("check", "--run", "1", code=1)
    assert [line.split() for line in done.out.splitlines()[1:]] == [
        ["missing", "train.py"],
        ["changed", "a/b.txt"],
        ["extra", "new"],
    ]
    report = gage("check", "--all", "--json", code=1).json["runs"]
    assert sorted(r["ok"] for r in report) == [False, True, True]


def test_repair(gage, store):
    assert "nothing to repair" in gage("check", "--repair").err
    (store / ".tmp-left").write_text("x")
    os.utime(store / ".tmp-left", (1, 1))
    assert "nothing to repair" not in gage("check", "--repair").err
    assert not (store / ".tmp-left").exists()


def test_what_excludes_each_other(gage):
    assert "--run and --all cannot be used together" in gage("check", "--all", "--run", "1", code=2).err
    assert "PATH and --schema cannot be used together" in gage("check", "--schema", "x", code=2).err
