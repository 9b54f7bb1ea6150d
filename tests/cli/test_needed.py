"""`gage run --needed`: what makes a run the same as an earlier one, and what the message says of it."""

import shutil
import sys
from pathlib import Path

import pytest


def is_skipped(gage, *words, **options):
    """Runs with --needed; returns what was compared, "" if the run was needed."""
    err = gage("run", "--needed", "--yes", *words, **options).err
    assert err.count("Not needed") <= 1
    return err.partition(" did the same (")[2].partition(")\n")[0]


def write(project, files):
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)


def test_compares_the_command(gage, project):
    assert not is_skipped(gage, "--", "sh", "-c", "echo one")
    assert not is_skipped(gage, "--", "sh", "-c", "echo two")
    assert is_skipped(gage, "--", "sh", "-c", "echo one").startswith("all source code, since the program is not")
    python = ("--", "python", "train.py")
    assert not is_skipped(gage, *python, "--data", "x")
    assert not is_skipped(gage, *python, "--data", "y")
    assert is_skipped(gage, *python, "--data", "x") == "the script"


def test_words_that_set_the_same_values_are_the_same(gage, project):
    option = "p.add_argument('--lr', type=float, default=0.1)"
    write(project, {"a.py": f"import argparse\np = argparse.ArgumentParser()\n{option}\np.parse_known_args()\n"})
    gage("run", "--", "python", "a.py", "--lr", "0.3")
    assert is_skipped(gage, "a.py", "lr=0.3")
    assert not is_skipped(gage, "a.py", "lr=0.3", "--", "other")
    assert is_skipped(gage, "--", "python", "a.py", "other", "--lr=0.3")
    assert not is_skipped(gage, "a.py", "lr=0.1")
    assert is_skipped(gage, "a.py") and is_skipped(gage, "--", "python", "a.py")
    assert not is_skipped(gage, "--", "python", "-O", "a.py")


def test_compares_the_directory(gage, project):
    write(project, {"x/eval.py": "print(1)\n", "y/eval.py": "print(1)\n", "gage.toml": ""})
    assert not is_skipped(gage, "x/eval.py")
    assert not is_skipped(gage, "y/eval.py")
    assert not is_skipped(gage, "eval.py", cwd=project / "x")
    assert is_skipped(gage, "x/eval.py") and is_skipped(gage, "eval.py", cwd=project / "x")


def test_compares_the_project(gage, project, tmp_path):
    runs = ("--runs", str(tmp_path / "runs"))
    other = tmp_path / "other"
    shutil.copytree(project, other)
    gage(*runs, "run", "train.py", "--yes")
    assert "Not needed" in gage(*runs, "run", "train.py", "--needed", "--yes").err
    assert "Not needed" not in gage(*runs, "run", "train.py", "--needed", "--yes", cwd=other).err


def test_compares_dependencies(gage, project):
    write(project, {"data/x.bin": "\0" * 2_000_000, "load.py": "print(len(open('data/x.bin').read()))\n"})
    assert not is_skipped(gage, "load.py")
    assert is_skipped(gage, "load.py") == "the script, 1 dependency"
    write(project, {"data/x.bin": "\1" * 2_000_000})
    assert not is_skipped(gage, "load.py")
    write(project, {"data/x.bin": "\0" * 2_000_000})
    assert is_skipped(gage, "load.py")
    assert not is_skipped(gage, "load.py", "--depends", "data")
    write(project, {"data/y.bin": "\0"})
    assert not is_skipped(gage, "load.py", "--depends", "data")
    assert is_skipped(gage, "load.py", "--depends", "data") == "the script, 2 dependencies"
    (project / "data/y.bin").unlink()
    assert is_skipped(gage, "load.py", "--depends", "data") == "the script, 1 dependency"


def test_a_dependency_that_the_run_changed_is_unknown(gage, project):
    write(project, {"count.bin": "\0", "count.py": "open('count.bin', 'ab').write(b'1')\n"})
    gage("run", "count.py", "--depends", "count.bin")
    assert not is_skipped(gage, "count.py", "--depends", "count.bin")


def test_compares_variables(gage, project):
    assert not is_skipped(gage, "train.py", "--env", "MODE=a")
    assert not is_skipped(gage, "train.py", "--env", "MODE=b")
    assert not is_skipped(gage, "train.py")
    assert is_skipped(gage, "train.py", "--env", "MODE=a")
    assert not is_skipped(gage, "train.py", env={"PYTHONPATH": "lib"})


def test_compares_hooks_and_targets(gage, project):
    hooks = 'exec = { run = "python train.py", stage-runtime = "sh prepare.sh" }'
    file = f'[x]\n{hooks}\n[[x.config]]\nkey = "%s#lr"\nrename = "rate"\n'
    write(project, {"gage.toml": file % "train.py", "prepare.sh": "echo 1\n", "a.py": "lr = 0.1\n"})
    assert not is_skipped(gage, "x")
    assert is_skipped(gage, "x") == "the script, 1 file that it names"
    write(project, {"prepare.sh": "echo 2\n"})
    assert not is_skipped(gage, "x")
    write(project, {"gage.toml": file % "a.py"})
    assert not is_skipped(gage, "x")
    write(project, {"gage.toml": (file % "a.py").replace("sh prep", "sh -e prep")})
    assert not is_skipped(gage, "x")


def test_a_secret_in_the_command_is_unknown(gage, project):
    command = ("--", "python", "train.py", "--api-key", "hush")
    gage("run", *command)
    assert not is_skipped(gage, *command)


def test_unrelated_files_do_not_matter(gage, project):
    write(project, {"train.py": "import model\n", "model.py": "import layers.conv\n", "layers/conv.py": "x = 1\n"})
    gage("run", "train.py")
    write(project, {"note.txt": "a", "other.py": "b = 1\n", "layers/old.py": "c = 1\n", "sub/model.py": "d = 1\n"})
    assert is_skipped(gage, "train.py") == "the script, 2 modules that it imports"
    write(project, {"note.txt": "b", "other.py": "b = 2\n", "layers/old.py": "c = 2\n", "sub/model.py": "d = 2\n"})
    assert is_skipped(gage, "train.py")
    write(project, {"layers/conv.py": "x = 2\n"})
    assert not is_skipped(gage, "train.py")
    write(project, {"layers/__init__.py": ""})
    assert not is_skipped(gage, "train.py")
    (project / "layers/__init__.py").unlink()
    assert is_skipped(gage, "train.py")


def test_a_removed_module_that_hid_another_matters(gage, project):
    write(project, {"train.py": "import json\n", "json.py": "print('own')\n"})
    gage("run", "train.py")
    (project / "json.py").unlink()
    assert not is_skipped(gage, "train.py")


def test_dynamic_imports_compare_all_source_code(gage, project):
    script = "import importlib, sys\nimportlib.import_module(sys.argv[1] if len(sys.argv) > 1 else 'model')\n"
    write(project, {"train.py": script, "model.py": "a = 1\n"})
    gage("run", "train.py")
    assert is_skipped(gage, "train.py") == "all source code, since train.py imports modules by name"
    write(project, {"note.txt": "a"})
    assert not is_skipped(gage, "train.py")


def test_files_that_the_source_code_names_matter(gage, project):
    script = "import json\nlr = 0.1\nprint(json.load(open('conf/a.json')))\n"
    write(project, {"train.py": script, "conf/a.json": "{}", "conf/b.json": "{}"})
    gage("run", "train.py", "lr=0.2")
    assert is_skipped(gage, "train.py", "lr=0.2") == "the script, 1 file that it names"
    write(project, {"conf/b.json": "[]"})
    assert is_skipped(gage, "train.py", "lr=0.2")
    write(project, {"conf/a.json": "[]"})
    assert not is_skipped(gage, "train.py", "lr=0.2")


def test_files_outside_of_the_project_are_compared_by_time(gage, project, tmp_path):
    data = tmp_path / "elsewhere"
    write(data, {"x.csv": "1\n"})
    assert not is_skipped(gage, "--", "python", "train.py", str(data))
    assert is_skipped(gage, "--", "python", "train.py", str(data)) == "the script"
    write(data, {"x.csv": "2\n"})
    assert not is_skipped(gage, "--", "python", "train.py", str(data))


def test_modules_outside_of_the_project_are_compared_by_time(gage, project, tmp_path):
    lib = tmp_path / "lib"
    write(lib, {"net.py": "x = 1\n"})
    write(project, {"train.py": "import net\nprint(net.x)\n"})
    words, env = ("train.py", "--env", f"DATA={lib / 'x.csv'}"), {"PYTHONPATH": str(lib)}
    assert not is_skipped(gage, *words, env=env)
    assert is_skipped(gage, *words, env=env) == "the script"
    write(lib, {"x.csv": "1\n"})
    assert not is_skipped(gage, *words, env=env)
    write(lib, {"net.py": "x = 2\n"})
    assert not is_skipped(gage, *words, env=env)


def test_links_and_patterns_outside_of_the_project_are_followed(gage, project, tmp_path):
    data = tmp_path / "data"
    write(tmp_path, {"other/x.txt": "1\n", "data/y.csv": "1\n", "lists/z.csv": "1\n"})
    (data / "link").symlink_to("../other")
    (data / "loop").symlink_to(".")
    write(project, {"train.py": f"import glob\nd = '{data}'\nglob.glob('{tmp_path}/lists/*.csv')\n"})
    assert not is_skipped(gage, "train.py")
    assert is_skipped(gage, "train.py") == "the script"
    write(tmp_path, {"other/x.txt": "2\n"})
    assert not is_skipped(gage, "train.py")
    assert is_skipped(gage, "train.py")
    write(tmp_path, {"lists/new.csv": "2\n"})
    assert not is_skipped(gage, "train.py")


@pytest.mark.parametrize("text", ["Path.home() / 'numbers.csv'", "os.environ['HOME'] + '/numbers.csv'"])
def test_files_of_the_home_directory_are_compared_by_time(gage, project, tmp_path, text):
    home = {"HOME": str(tmp_path / "home")}
    write(tmp_path, {"home/numbers.csv": "1\n"})
    write(project, {"train.py": f"import os\nfrom pathlib import Path\nprint(open({text}).read())\n"})
    assert not is_skipped(gage, "train.py", env=home)
    assert is_skipped(gage, "train.py", env=home)
    write(tmp_path, {"home/numbers.csv": "2\n"})
    assert not is_skipped(gage, "train.py", env=home)


def test_standard_input_is_unknown(gage, project):
    write(project, {"train.py": "import sys\nprint(sys.stdin.read())\n"})
    assert not is_skipped(gage, "train.py", text="1\n")
    assert not is_skipped(gage, "train.py", text="1\n")
    assert not is_skipped(gage, "train.py")
    assert not is_skipped(gage, "train.py", text="1\n")
    assert is_skipped(gage, "train.py")


def test_compares_whether_source_files_are_executable(gage, project):
    write(project, {"train.py": "import subprocess\nprint(subprocess.getoutput('./go'))\n", "go": "#!/bin/sh\n"})
    assert not is_skipped(gage, "train.py")
    assert is_skipped(gage, "train.py")
    (project / "go").chmod(0o755)
    assert not is_skipped(gage, "train.py")
    assert is_skipped(gage, "train.py")


def test_module_of_a_package(gage, project):
    write(project, {"pkg/train.py": "from . import net\n", "pkg/net.py": "", "pkg/__init__.py": "", "pkg/x.py": ""})
    command = ("--", sys.executable, "-m", "pkg.train")
    gage("run", *command)
    write(project, {"pkg/x.py": "1\n"})
    assert is_skipped(gage, *command) == "the script, 2 modules that it imports"
    write(project, {"pkg/__init__.py": "1\n"})
    assert not is_skipped(gage, *command)


def test_only_completed_runs_count(gage, project):
    write(project, {"fail.py": "raise SystemExit(3)\n"})
    gage("run", "fail.py", code=3)
    gage("run", "fail.py", "--needed", code=3)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_batches_and_resumed_batches_skip_by_the_same_rule(gage, project, jobs):
    write(project, {"data.bin": "\0" * 10, "train.py": "lr = 0.1\nopen('data.bin').read()\n"})
    gage("run", "train.py", "lr=0.1", "--depends", "data.bin")
    earlier = gage("select", "--name").out.strip()
    words = ("train.py", "lr=[0.1,0.2]", "--needed", "--yes", "--depends", "data.bin", "--jobs", jobs)
    result = gage("run", *words)
    assert "1 completed, 1 not needed" in result.err
    assert f"Not needed: earlier runs did the same (the script, 1 dependency)\n  lr=0.1: {earlier}\n" in result.err
    name = gage("list", "--json").json["runs"][0]["name"]
    batch = next(r["name"] for r in gage("list", "--json").json["runs"] if r["operation"] == "train.py+")
    assert name and "1 not needed" in gage("run", "--resume", batch, "--needed", "--yes").err
    write(project, {"data.bin": "\1" * 10})
    assert "2 completed" in gage("run", *words).err


def test_run_that_lacks_files_is_not_enough(gage, project):
    (project / "write.py").write_text("open('out.txt', 'w').write('x')\n")
    gage("run", "write.py", "--yes")
    (Path(gage("select", "1", "--run-dir").out.strip()) / "out.txt").unlink()
    assert "Not needed" not in gage("run", "write.py", "--needed", "--yes").err
    assert "Not needed" in gage("run", "write.py", "--needed", "--yes").err


@pytest.mark.parametrize(
    "text",
    [
        "import os\nprint(os.environ.get('MODE'))\n",
        "from os import getenv\nprint(getenv('MODE', 'x'))\n",
        "import os\nprint(os.path.expandvars('$MODE/x'))\n",
        "import helper\n",
    ],
)
def test_variables_that_the_source_code_names_are_compared(gage, project, text):
    write(project, {"a.py": text, "helper.py": "import os\nprint(os.environ['MODE'])\n"})
    assert not is_skipped(gage, "a.py", env={"MODE": "x"})
    assert not is_skipped(gage, "a.py", env={"MODE": "y"})
    assert is_skipped(gage, "a.py", env={"MODE": "y", "OTHER": "1"})
    assert "1 environment variable" in is_skipped(gage, "a.py", env={"MODE": "y"})


def test_variables_of_shell_commands_and_of_python_are_compared(gage, project):
    write(project, {"b.sh": "echo ${MODE-}\n"})
    for words in (("b.sh",), ("--", "sh", "-c", "echo $MODE")):
        assert not is_skipped(gage, *words, env={"MODE": "x"})
        assert not is_skipped(gage, *words, env={"MODE": "y"})
        assert is_skipped(gage, *words, env={"MODE": "y"})
    assert not is_skipped(gage, "train.py", env={"PYTHONHASHSEED": "1"})
    assert not is_skipped(gage, "train.py", env={"PYTHONHASHSEED": "2"})
    assert is_skipped(gage, "train.py", env={"PYTHONHASHSEED": "2", "PYTHONDONTWRITEBYTECODE": "1"})


def test_variables_of_the_run_or_the_machine_are_not_compared(gage, project):
    names = ("RUN_ID", "PWD", "HOSTNAME", "SLURM_JOB_ID", "FLAG_LR")
    write(project, {"a.py": "import os\n" + "".join(f"os.getenv({name!r})\n" for name in names)})
    assert not is_skipped(gage, "a.py", env={"SLURM_JOB_ID": "1"})
    assert is_skipped(gage, "a.py", env={"SLURM_JOB_ID": "2"}) == "the script"


def test_a_secret_variable_is_named_as_not_compared(gage, project):
    write(project, {"a.py": "import os\nos.getenv('HF_TOKEN')\n"})
    assert not is_skipped(gage, "a.py", env={"HF_TOKEN": "hf_abcdefgh"})
    assert is_skipped(gage, "a.py", env={"HF_TOKEN": "hf_xyzxyzxyz"}).endswith("but not HF_TOKEN, which is secret")
    assert not is_skipped(gage, "a.py")


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("open(__file__.replace('.py', '.ini')).read()\n", "a.ini"),
        ("name = 'x.csv'.replace('.csv', '.json')\nopen(name).read()\n", "x.json"),
        ("import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import helper'])\n", "helper.py"),
        ("import timeit\ntimeit.timeit('pass', setup='from helper import x', number=1)\n", "helper.py"),
        ("print(eval('__import__(\"helper\").x'))\n", "helper.py"),
        ("import subprocess\nsubprocess.run(['make', '-v'])\n", "helper.py"),
        ("import subprocess\nsubprocess.call('make')\n", "helper.py"),
        ("import logging\n", "wave.py"),
    ],
)
def test_files_that_the_source_code_names_indirectly_matter(gage, project, text, changed):
    files = {"a.ini": "1\n", "x.json": "1\n", "helper.py": "x = 1\n", "wave.py": "x = 1\n", "Makefile": "all:\n"}
    write(project, {"a.py": text, **files})
    gage("run", "--yes", "a.py", code=None)
    first = is_skipped(gage, "a.py", code=None)
    write(project, {changed: "x = 2\n"})
    assert not is_skipped(gage, "a.py", code=None)
    assert first or "make" in text


def test_files_that_libraries_look_for_above_the_run_are_compared(gage, project, tmp_path):
    write(project, {"a.py": "try:\n    import dotenv\nexcept ImportError:\n    pass\n", ".env": "A=1\n"})
    gage("run", "--yes", "a.py")
    assert is_skipped(gage, "a.py")
    write(project, {".env": "A=2\n"})
    assert not is_skipped(gage, "a.py")
    (tmp_path / ".env").write_text("B=1\n")
    assert is_skipped(gage, "a.py")
    (project / ".env").unlink()
    assert not is_skipped(gage, "a.py")
