"""The files of a run directory, and how the manifest records them."""

import json
import os

from gage.store.check import check_run


def test_records_the_kind_of_each_file(project):
    project.write("train.py", "print('x')\n")
    project.write(
        "gage.toml",
        """\
[train.exec]
stage-sourcecode = "echo > version.txt"
stage-runtime = "mkdir env; echo > env/tool; echo '# more' >> train.py"
stage-dependencies = "echo > fetched.csv"
run = "python train.py > result.txt"
""",
    )
    run = project.run("train")
    assert project.map_kinds(run) == {
        "env/tool": "r",
        "fetched.csv": "d",
        "gage.toml": "s",
        "result.txt": "g",
        "train.py": "s",
        "version.txt": "s",
    }
    assert check_run(project.store, run.id).ok


def test_records_source_code_that_the_program_changes(project):
    """The size of the file stays the same."""
    project.write("train.py", "open('other.py', 'w').write('b = 1')\n")
    project.write("other.py", "a = 1")
    run = project.run()
    assert project.map_kinds(run)["other.py"] == "g"
    assert check_run(project.store, run.id).ok


def test_replaces_a_directory_by_one_reference(project):
    for name in ("a.csv", "deep/b.csv", "deep/c.csv"):
        project.write(f"data/{name}", "\0" + name)
    (project.dir / "data/empty").mkdir()
    project.write(
        "train.py", "open('data/a.csv', 'a').write('changed')\nopen('data/new.csv', 'w').write('new')\nimport os\n"
    )
    run = project.run(depends=("data",))
    folder = project.run_dir(run)
    reference = json.loads((folder / "data.ref.json").read_text())
    assert reference["source"] == str(project.dir / "data")
    assert [(path, size) for path, size, _ in reference["files"]] == [("deep/b.csv", 11), ("deep/c.csv", 11)]
    assert reference["size"] == 22
    assert (folder / "data/a.csv").read_text() == "\0a.csvchanged"
    assert (project.dir / "data/a.csv").read_text() == "\0a.csv"
    assert not (folder / "data/deep").exists()
    assert {k: v for k, v in project.map_kinds(run).items() if k.startswith("data")} == {
        "data.ref.json": "d",
        "data/a.csv": "g",
        "data/new.csv": "g",
    }
    assert check_run(project.store, run.id).ok
    assert project.json(run, "inputs.json")[0]["files"] == 3


def test_does_not_remove_originals_of_dependencies(project):
    """The program replaces its copy by a link to the original."""
    for name in ("data/a.csv", "data/b.csv"):
        project.write(name, "\0" + name)
    project.write(
        "train.py",
        "import os, shutil\nshutil.rmtree('data')\nos.symlink(os.environ['PROJECT_DIR'] + '/data', 'data')\n",
    )
    run = project.run(depends=("data",))
    assert run.status == "completed"
    assert sorted(os.listdir(project.dir / "data")) == ["a.csv", "b.csv"]
    assert check_run(project.store, run.id).ok


def test_does_not_copy_what_links_out_of_the_project_lead_to(project, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cr3t")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.txt").write_text("s3cr3t")
    project.write("data/good.csv", "\0")
    os.symlink(secret, project.dir / "data/bad.csv")
    os.symlink(outside, project.dir / "data/badfolder")
    os.symlink("good.csv", project.dir / "data/same.csv")
    os.symlink("nowhere", project.dir / "data/broken.csv")
    os.symlink(secret, project.dir / "bad.py")
    os.symlink("train.py", project.dir / "again.py")
    project.write("train.py", "import os\nfor top, _, names in os.walk('.'):\n    print(top, sorted(names))\n")
    run = project.run(depends=("data",))
    run_dir = project.store.get_paths(run.id).run_dir
    assert os.readlink(run_dir / "data/bad.csv") == str(secret)
    assert os.readlink(run_dir / "data/badfolder") == str(outside)
    assert all(path.is_symlink() for path in run_dir.rglob("*bad*"))
    assert b"bad.py" not in project.events.streams[1]
    assert b"same.csv" in project.events.streams[1]
    assert b"again.py" in project.events.streams[1]
    log = project.read(run, "log/runner")
    assert "not a regular file: data/broken.csv" in log
    assert "data/bad" not in log.replace("Dependencies: data, data/bad.csv, data/badfolder", "")
    assert secret.read_text() == "s3cr3t"


def test_does_not_copy_special_files(project):
    project.write("data/x.csv", "\0")
    os.mkfifo(project.dir / "data/pipe")
    project.write("train.py", "print(open('data/x.csv').read())\n")
    run = project.run(depends=("data",))
    assert run.status == "completed"
    assert "it is not a regular file: data/pipe" in project.read(run, "log/runner")


def test_keeps_sparse_dependencies_sparse(project):
    big = project.write("data/big.bin", b"")
    with open(big, "r+b") as file:
        file.truncate(1 << 30)
    text = "import os\ns = os.stat('data/big.bin')\nprint(s.st_size, s.st_blocks * 512 < 1 << 20)\n"
    project.write("train.py", text)
    staged = project.stage(depends=("data",))
    assert (project.run_dir(staged) / "data/big.bin").stat().st_blocks * 512 < 1 << 20


def test_keeps_permissions_of_source_code(project):
    project.write("train.py", "import subprocess\nprint(subprocess.run(['./tool.sh']).returncode)\n")
    project.write("tool.sh", "#!/bin/sh\nexit 3\n").chmod(0o755)
    project.run()
    assert project.events.streams[1] == b"3\n"


def test_seals_a_run_without_directory(project):
    """The program removes its run directory."""
    project.write("train.py", "import os, shutil\nshutil.rmtree(os.environ['RUN_DIR'])\n")
    run = project.run()
    assert (run.status, run.sealed) == ("completed", True)
    assert list(project.store.list_ids()) == [run.id]
    assert project.events.notices == ["The run directory no longer exists"]
