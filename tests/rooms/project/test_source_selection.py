"""Selection of source files, and directories that are never walked."""

import os
import subprocess

import pytest

from gage.lib.git import GitQuery
from gage.project import source_selection
from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.project.source_selection import MAX_TEXT_BYTES, _is_report, digest_source, select_source
from gage.types.opdef import ConfigDef


def write(folder, name, data="x = 1\n"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def list_paths(plan):
    return [f.path for f in plan.files]


def map_reasons(plan):
    return {s.path: s.reason for s in plan.skipped}


@pytest.fixture
def git(tmp_path):
    def run(*arguments):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    run("init", "-q")
    return run


@pytest.fixture
def outputs(monkeypatch):
    """Collects the standard output of each command."""
    collected = []
    run = subprocess.run

    def run_and_collect(*arguments, **options):
        completed = run(*arguments, **options)
        collected.append(completed.stdout or b"")
        return completed

    monkeypatch.setattr(subprocess, "run", run_and_collect)
    return collected


def test_selects_text_files_without_git(tmp_path):
    for name in ("train.py", "lib/model.py", "notes", "with space é.py", "conf.yaml"):
        write(tmp_path, name)
    write(tmp_path, "image.png", b"\x89PNG\0")
    write(tmp_path, "weights", b"\0\1\2")
    write(tmp_path, "big.txt", b"x" * ((1 << 20) + 1))
    plan = select_source(tmp_path)
    assert list_paths(plan) == ["conf.yaml", "lib/model.py", "notes", "train.py", "with space é.py"]
    assert map_reasons(plan) == {"image.png": "not text", "weights": "not text", "big.txt": "over 1 MB"}
    assert plan.rule == "text files"


def test_does_not_walk_excluded_directories(tmp_path, monkeypatch):
    write(tmp_path, "train.py")
    for name in (".git/x", "venv/pyvenv.cfg", "env/bin/activate", "node_modules/a.js", "__pycache__/a.py", ".hidden/a"):
        write(tmp_path, name)
    write(tmp_path, "data/.nocopy")
    write(tmp_path, "data/deep/a.txt")
    write(tmp_path, "conda/conda-meta/history")
    store = tmp_path / "runs"
    write(store, "x/train.py")
    (tmp_path / ".git" / "x").unlink()
    (tmp_path / ".git").rmdir()
    walked = []
    real = os.scandir
    monkeypatch.setattr(source_selection.os, "scandir", lambda path: (walked.append(str(path)), real(path))[1])
    plan = select_source(tmp_path, store=store)
    assert list_paths(plan) == ["train.py"]
    assert [os.path.relpath(s, tmp_path) for s in walked] == ["."]
    assert map_reasons(plan)["data/"] == "directory with .nocopy"
    assert map_reasons(plan)["venv/"] == "virtual environment"
    assert map_reasons(plan)["runs/"] == "runs directory"


def test_selects_files_that_git_tracks(tmp_path, git):
    write(tmp_path, ".gitignore", "data/\n*.log\n")
    write(tmp_path, "train.py")
    write(tmp_path, "logo.png", b"\x89PNG\0")
    write(tmp_path, "line\nbreak.py")
    write(tmp_path, "gone.py")
    git("add", "-A")
    (tmp_path / "gone.py").unlink()
    write(tmp_path, "new.py")
    write(tmp_path, "new.bin", b"\0")
    write(tmp_path, "data/x.csv")
    write(tmp_path, "out.log")
    write(tmp_path, "venv/pyvenv.cfg")
    write(tmp_path, "venv/lib/x.py")
    plan = select_source(tmp_path)
    assert list_paths(plan) == [".gitignore", "line\nbreak.py", "logo.png", "new.py", "train.py"]
    assert map_reasons(plan) == {"new.bin": "not text", "venv/": "virtual environment"}
    assert plan.rule == "git"


def test_skips_an_ignored_directory(tmp_path, git):
    write(tmp_path, ".gitignore", "sub/\n")
    write(tmp_path, "sub/train.py")
    assert list_paths(select_source(tmp_path / "sub")) == ["train.py"]


def test_skips_repositories_and_includes_submodules(tmp_path, git):
    write(tmp_path, "train.py")
    write(tmp_path, "other/x.py")
    subprocess.run(["git", "init", "-q", str(tmp_path / "other")], check=True)
    plan = select_source(tmp_path)
    assert list_paths(plan) == ["train.py"]
    assert map_reasons(plan)["other/"] == "another git repository"


def test_skips_links_out_of_the_project(tmp_path):
    project = tmp_path / "p"
    write(tmp_path, "secret.txt")
    write(project, "real.py")
    (project / "inside.py").symlink_to("real.py")
    (project / "outside.py").symlink_to("../secret.txt")
    (project / "broken.py").symlink_to("nowhere")
    (project / "loop").symlink_to(".")
    plan = select_source(project)
    assert list_paths(plan) == ["inside.py", "real.py"]
    assert map_reasons(plan)["outside.py"] == "link out of the project"


def test_selects_by_patterns(tmp_path):
    for name in ("train.py", "old/a.py", "lib/b.py", "data.csv", "model.bin"):
        write(tmp_path, name)
    assert list_paths(select_source(tmp_path, ("*.py",))) == ["lib/b.py", "old/a.py", "train.py"]
    assert list_paths(select_source(tmp_path, ("*.py", "-old"))) == ["lib/b.py", "train.py"]
    assert list_paths(select_source(tmp_path, ("-*.csv", "-*.bin"))) == ["lib/b.py", "old/a.py", "train.py"]
    assert list_paths(select_source(tmp_path, ("lib/**", "*.bin"))) == ["lib/b.py", "model.bin"]
    assert list_paths(select_source(tmp_path, ("regex:^(train|data)",))) == ["data.csv", "train.py"]
    assert select_source(tmp_path, ()).files == ()


def test_reports_that_a_limit_is_exceeded(tmp_path, monkeypatch):
    monkeypatch.setattr(source_selection, "MAX_FILES", 3)
    for name in ("a/deep/x.dat", "a/y.dat", "a.py", "z/b.py"):
        write(tmp_path, name)
    plan = select_source(tmp_path)
    assert list_paths(plan) == ["a.py", "a/y.dat", "z/b.py"]
    assert plan.limit.startswith("Only 3 of 4 source files are copied")
    monkeypatch.setattr(source_selection, "MAX_ENTRIES", 2)
    assert "were searched" in select_source(tmp_path).limit


def test_digest_depends_on_names_and_content(tmp_path):
    write(tmp_path, "a.py", "1")
    first = digest_source(tmp_path, select_source(tmp_path))
    write(tmp_path, "a.py", "2")
    second = digest_source(tmp_path, select_source(tmp_path))
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, digest_source(tmp_path, select_source(tmp_path))}) == 3


def test_skips_an_unreadable_directory(tmp_path):
    write(tmp_path, "train.py")
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed").chmod(0)
    try:
        assert list_paths(select_source(tmp_path)) == ["train.py"]
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_git_does_not_walk_excluded_directories(tmp_path, git, outputs):
    for name in ("new/deep/a.py", "new/data[1]/.nocopy", "new/data[1]/deep/x.py", "venv/pyvenv.cfg", "venv/lib/x.py"):
        write(tmp_path, name)
    write(tmp_path, "new/.gitignore", "ignored/\n")
    write(tmp_path, "new/ignored/y.py")
    plan = select_source(tmp_path)
    assert list_paths(plan) == ["new/.gitignore", "new/deep/a.py"]
    assert map_reasons(plan) == {"new/data[1]/": "directory with .nocopy", "venv/": "virtual environment"}
    assert not any(b"x.py" in output for output in outputs)


def test_ignores_git_variables_of_a_hook(tmp_path, git, monkeypatch):
    write(tmp_path, "train.py")
    git("add", "train.py")
    write(tmp_path, ".gitignore", "*.log\n")
    write(tmp_path, "x.log")
    other = tmp_path.parent / "other"
    subprocess.run(["git", "init", "-q", str(other)], check=True)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert list_paths(select_source(tmp_path)) == [".gitignore", "train.py"]
    state = GitQuery.start(tmp_path).wait()
    assert state is not None and state.changed_files == 1


def test_does_not_copy_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("train.py", ".netrc", "notes", "other/x.py", ".gage/runs/x"):
        write(tmp_path, name)
    plan = select_source(tmp_path)
    assert list_paths(plan) == ["train.py"] and "it is not a project" in plan.limit
    write(tmp_path, "gage.toml", "")
    assert "other/x.py" in list_paths(select_source(tmp_path))


def test_includes_a_script_in_a_hidden_directory(tmp_path):
    write(tmp_path, ".tools/fit.py", "lr = 1\n")
    write(tmp_path, "gage.toml", "")
    plan = plan_run(RunRequest(".tools/fit.py", assignments=("lr=2",), cwd=tmp_path))
    assert list_paths(plan.source) == [".tools/fit.py", "gage.toml"]
    assert [p.path for p in plan.patches] == [".tools/fit.py"]


def test_skips_excluded_directories_below_the_work_tree(tmp_path, git, outputs):
    for name in ("sub/train.py", "sub/data/.nocopy", "sub/data/x.py", "sub/new/a.py", "sub/new/venv/pyvenv.cfg"):
        write(tmp_path, name)
    assert list_paths(select_source(tmp_path / "sub")) == ["new/a.py", "train.py"]
    git("add", "sub/train.py")
    assert list_paths(select_source(tmp_path / "sub")) == ["new/a.py", "train.py"]
    assert map_reasons(select_source(tmp_path / "sub")) == {
        "data/": "directory with .nocopy",
        "new/venv/": "virtual environment",
    }
    assert not any(b"x.py" in output or b"pyvenv" in output for output in outputs)


def test_limits_the_size_of_the_source_and_the_list_of_skipped_files(tmp_path, monkeypatch):
    monkeypatch.setattr(source_selection, "MAX_TOTAL_BYTES", 10)
    monkeypatch.setattr(source_selection, "MAX_SKIPPED", 1)
    for name, size in (("a.py", 6), ("b.py", 5), ("c", 1)):
        write(tmp_path, name, b"x" * size)
    for name in ("d", "e"):
        write(tmp_path, name, b"\0")
    plan = select_source(tmp_path)
    assert list_paths(plan) == ["a.py"] and map_reasons(plan) == {"d": "not text"}
    assert plan.limit.startswith("Only 1 of 3 source files are copied")


def test_walks_the_directory_if_git_fails(tmp_path):
    write(tmp_path, "train.py")
    (tmp_path / ".git").mkdir()
    assert select_source(tmp_path).rule == "text files"


def test_copies_submodules_but_not_tracked_directories_with_a_marker(tmp_path, git):
    module = tmp_path.parent / f"{tmp_path.name}-module"
    subprocess.run(["git", "init", "-q", str(module)], check=True)
    write(module, "lib.py")
    commit = ("-c", "user.name=a", "-c", "user.email=a@b.org", "commit", "-qm", "x")
    for words in (("add", "-A"), commit):
        subprocess.run(["git", "-C", str(module), *words], check=True)
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(module), "module")
    write(tmp_path, "data/.nocopy")
    write(tmp_path, "data/a.py")
    write(tmp_path, "train.py")
    git("add", "-A")
    plan = select_source(tmp_path)
    assert list_paths(plan) == [".gitmodules", "module/lib.py", "train.py"]
    assert map_reasons(plan) == {"data/": "directory with .nocopy"}


def test_leaves_out_a_script_outside_the_project(tmp_path):
    write(tmp_path / "project", "train.py")
    plan = select_source(tmp_path / "project")
    assert source_selection.add_script(plan, tmp_path / "project", write(tmp_path, "other.py")) is plan


def test_ignores_directories_that_cannot_be_listed(tmp_path, monkeypatch):
    assert list(source_selection._find_markers(tmp_path, ["gone"])) == []
    collector = source_selection._SourceCollector(tmp_path, None, ())
    assert source_selection._list_entries(collector, "gone/") == []
    assert [(s.path, s.reason) for s in collector.skipped] == [("gone/", "cannot be read: No such file or directory")]


def test_searches_markers_only_in_the_first_directories(tmp_path, monkeypatch):
    write(tmp_path, "data/.nocopy")
    assert [name for name, _ in source_selection._find_markers(tmp_path, ["data"])] == ["data"]
    monkeypatch.setattr(source_selection, "MAX_ENTRIES", 0)
    assert list(source_selection._find_markers(tmp_path, ["data"])) == []


SECRET_FILES = (".env", ".netrc", "id_rsa", "keys/a.pem")


@pytest.mark.parametrize("is_repository", [False, True])
def test_leaves_out_files_that_may_hold_secrets(tmp_path, is_repository):
    if is_repository:
        subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name in ("train.py", ".env.example", *SECRET_FILES):
        write(tmp_path, name)
    plan = select_source(tmp_path)
    assert list_paths(plan) == [".env.example", "train.py"]
    assert {map_reasons(plan)[name] for name in SECRET_FILES} == {"may hold secrets"}
    assert list_paths(select_source(tmp_path, ("*",))) == [".env.example", "train.py"]
    assert list_paths(select_source(tmp_path, ("*", ".env*", "*.pem"))) == [
        ".env",
        ".env.example",
        *SECRET_FILES[3:],
        "train.py",
    ]


def test_selects_tracked_files_and_config_that_may_hold_secrets(tmp_path, git):
    for name in (".env", "key.pem", "train.py"):
        write(tmp_path, name)
    git("add", ".env")
    assert list_paths(select_source(tmp_path)) == [".env", "train.py"]
    git("rm", "-q", "--cached", ".env")
    assert list_paths(select_source(tmp_path, config=[ConfigDef(keys=(".env#LR",))])) == [".env", "train.py"]


def test_notice_names_files_that_may_hold_secrets(tmp_path):
    write(tmp_path, ".env")
    write(tmp_path, "train.py", "print(1)\n")
    notice = ".env may hold secrets and is not copied; to copy it: --depends .env"
    assert plan_run(RunRequest("train.py", cwd=tmp_path)).notices == (notice,)
    write(tmp_path, "id_rsa")
    notice = "Files that may hold secrets are not copied: .env, id_rsa; to copy one: --depends .env"
    assert plan_run(RunRequest("train.py", cwd=tmp_path)).notices == (notice,)
    (tmp_path / "id_rsa").unlink()
    write(tmp_path, "train.py", "open('.env')\n")
    plan = plan_run(RunRequest("train.py", cwd=tmp_path))
    assert ([d.path for d in plan.dependencies], plan.notices) == ([".env"], ())


BOARD = 'columns = ["name", "loss"]\n'
REPORT = "# Losses\n\n```gage table\ncolumns: loss\n```\n"


@pytest.mark.parametrize("in_git", [False, True])
def test_boards_and_reports_are_not_source_code(tmp_path, in_git):
    if in_git:
        subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    write(tmp_path, "train.py")
    before = digest_source(tmp_path, select_source(tmp_path))
    write(tmp_path, "boards/models.toml", BOARD)
    write(tmp_path, "reports/losses.md", REPORT)
    write(tmp_path, "reports/best.md", "The best is {gage: best(acc)}.\n")
    plan = select_source(tmp_path)
    assert list_paths(plan) == ["train.py"]
    assert map_reasons(plan) == {
        "boards/models.toml": "board",
        "reports/best.md": "report",
        "reports/losses.md": "report",
    }
    assert digest_source(tmp_path, plan) == before


def test_other_files_in_their_directories_are_source_code(tmp_path):
    names = ["boards/chess.json", "boards/setup.py", "lib/boards/models.toml", "reports/data.md", "reports/make.py"]
    write(tmp_path, "boards/chess.json", '{"squares": 64}')
    write(tmp_path, "lib/boards/models.toml", BOARD)
    for name in ("boards/setup.py", "reports/data.md", "reports/make.py"):
        write(tmp_path, name, "the gage of a railway")
    assert list_paths(select_source(tmp_path)) == names


def test_a_board_that_the_operation_names_is_source_code(tmp_path):
    write(tmp_path, "boards/models.toml", BOARD)
    assert list_paths(select_source(tmp_path, ("boards/*",))) == ["boards/models.toml"]
    config = [ConfigDef(keys=("boards/models.toml#sort",))]
    assert list_paths(select_source(tmp_path, config=config)) == ["boards/models.toml"]


def test_a_large_file_among_reports_is_not_read_whole(tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "large.md").write_bytes(b"```gage table\n```\n" + b"x" * MAX_TEXT_BYTES)
    os.mkfifo(tmp_path / "reports" / "pipe.md")
    assert not _is_report(tmp_path / "reports" / "large.md")
    assert not _is_report(tmp_path / "reports" / "pipe.md")
