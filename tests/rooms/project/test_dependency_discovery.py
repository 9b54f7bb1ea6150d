"""Project files that a program reads: found by the names in its text and config."""

import pytest

from gage.project import dependency_discovery
from gage.project.missing_file_hint import find_missing_file_hint
from gage.project.path_literals import find_path_literals
from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.types.errors import NotFound, UsageError
from gage.types.plan import SourcePlan


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    for name in ("data/train.bin", "data/test.bin", "weights.bin", "out/old.bin", "space é/x.bin", ".gage/x"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\0" * 10)
    return folder


def plan_dependencies(project, text, *assignments, **options):
    (project / "train.py").write_text(text)
    plan = plan_run(RunRequest("train.py", assignments=assignments, cwd=project, **options))
    return {i.path: i.why for i in plan.dependencies}, plan.notices


@pytest.mark.parametrize(
    "line, path",
    [
        ('open("data/train.bin")', "data/train.bin"),
        ("open('./data/train.bin', 'rb')", "data/train.bin"),
        ('open(f"data/{split}.bin")', "data"),
        ('os.path.join("data", "train.bin")', "data"),
        ('Path("data") / "train.bin"', "data"),
        ('glob("data/*.bin")', "data"),
        ('np.load("weights.bin")', "weights.bin"),
        ('open("space é/x.bin")', "space é/x.bin"),
        ('DATA = "data/"', "data"),
    ],
)
def test_finds_literal_paths(project, line, path):
    assert plan_dependencies(project, f"x = 1\n{line}\n")[0] in ({path: "train.py:2"}, {path: "config DATA"})


@pytest.mark.parametrize(
    "line",
    [
        'open("out/new.bin", "w")',
        'os.makedirs("out", exist_ok=True)',
        'OUT_DIR = "out"',
        'model.save("weights.bin")',
        'p.add_argument("--output-dir", default="out")',
        'open("/etc/passwd")',
        'open("../project/data")',
        'open(".gage/x")',
        'open("nothing.bin")',
        'open("data/..")',
        'url = "https://example.org/data"',
        'x = "."',
        'x = "train.py"',
    ],
)
def test_ignores_literals_that_are_not_inputs(project, line):
    assert plan_dependencies(project, line + "\n")[0] in ({}, {"data": "train.py:1"} if "../project" in line else {})


def test_searches_imported_modules(project):
    (project / "lib").mkdir()
    (project / "lib" / "__init__.py").write_text("")
    (project / "lib" / "load.py").write_text('def f():\n    return open("weights.bin")\n')
    assert plan_dependencies(project, "from lib import load\n")[0] == {"weights.bin": "lib/load.py:2"}
    assert plan_dependencies(project, "import os\n")[0] == {}


def test_searches_config_and_command(project):
    text = 'where = "nowhere"\n'
    assert plan_dependencies(project, text, "where=data/train.bin")[0] == {"data/train.bin": "config where"}
    plan = plan_run(RunRequest(command=("cat", "weights.bin"), cwd=project))
    assert [i.path for i in plan.dependencies] == ["weights.bin"]


def test_copies_explicit_dependencies(project):
    assert plan_dependencies(project, "", depends=("data",))[0] == {"data": "--depends"}
    with pytest.raises(NotFound):
        plan_dependencies(project, "", depends=("dta",))
    with pytest.raises(UsageError):
        plan_dependencies(project, "", depends=("/etc",))
    (project / "away").symlink_to(project.parent)
    with pytest.raises(UsageError):
        plan_dependencies(project, "", depends=("away",))


def test_links_what_a_link_out_of_the_project_leads_to(project):
    (project / "away").symlink_to("/etc")
    assert plan_dependencies(project, 'open("away/passwd")\n')[0] == {"away": "train.py:1"}
    plan = plan_run(RunRequest("train.py", cwd=project, depends=("away",)))
    assert [(d.path, d.target, d.files) for d in plan.dependencies] == [("away", "/etc", 0)]


def test_reports_a_dependency_that_is_too_large(project, monkeypatch):
    monkeypatch.setattr(dependency_discovery, "MAX_FILES", 1)
    names, notices = plan_dependencies(project, 'open("data")\n')
    assert names == {}
    assert "Use --depends data" in notices[0]
    names, notices = plan_dependencies(project, 'open("data")\n', depends=("data",))
    assert names == {"data": "--depends"}
    assert notices == ()


def test_measures_sparse_files_without_holes(project):
    with open(project / "data" / "huge.bin", "wb") as file:
        file.truncate(50 << 30)
    assert plan_dependencies(project, 'open("data/huge.bin")\n')[0] == {"data/huge.bin": "train.py:1"}


@pytest.mark.parametrize(
    "stderr",
    [
        "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.bin'",
        "cannot open file 'data/train.bin': No such file or directory",
        'SystemError: opening file "data/train.bin": No such file or directory',
        "Error: ENOENT: no such file or directory, open 'data/train.bin'",
        "cat: data/train.bin: No such file or directory",
        'ValueError: path "data/train.bin" does not exist',
    ],
)
def test_suggests_copying_a_missing_file(project, stderr):
    hint = find_missing_file_hint(stderr.encode(), project)
    assert hint is not None
    assert hint[1] == "To copy it into the run: gage run --depends data/train.bin ..."


def test_explains_a_missing_file_outside_the_project(project):
    (project.parent / "x.bin").touch()
    hint = find_missing_file_hint(b"No such file or directory: '../x.bin'", project)
    assert hint is not None
    assert hint[0] == f"The program did not find ../x.bin, which is outside the project {project}"
    assert find_missing_file_hint(b"No such file or directory: '../y.bin'", project) is None


def test_suggests_nothing_for_other_failures(project):
    for stderr in ("", "No such file or directory: 'nothing'", "No such file or directory: '/etc/passwd'", "\0\xff"):
        assert find_missing_file_hint(stderr.encode(), project) is None


@pytest.mark.parametrize(
    "text",
    [
        '# reads "data"\n',
        'def f():\n    """The "data" folder, such as `weights.bin`."""\n',
        'x["data"]\n',
        'd = {"data": 1}\n',
        'if mode == "data":\n    pass\n',
        'd.get("data", 0)\n',
        'getattr(x, "data")\n',
        'print("data")\n',
        'p.add_argument("data", help="weights.bin")\n',
        '"data"\n',
    ],
)
def test_ignores_literals_that_are_not_paths(project, text):
    assert plan_dependencies(project, text)[0] == {}


def test_searches_files_with_syntax_errors(project):
    assert plan_dependencies(project, 'print "x"\nopen("weights.bin")\n# open("data")\nx["data"]\n')[0] == {
        "weights.bin": "train.py:2"
    }


def test_ignores_a_default_that_is_replaced(project):
    text = 'where = "data/train.bin"\nopen(where)\n'
    assert plan_dependencies(project, text)[0] == {"data/train.bin": "config where"}
    assert plan_dependencies(project, text, "where=data/test.bin")[0] == {"data/test.bin": "config where"}
    text = 'import argparse\np = argparse.ArgumentParser()\np.add_argument("--where", default="data/train.bin")\n'
    text += "print(p.parse_args())\n"
    assert plan_dependencies(project, text, "where=weights.bin")[0] == {"weights.bin": "config where"}


@pytest.mark.parametrize(
    "line",
    [
        'open(Path(__file__).parent / "near.bin")',
        'open(os.path.dirname(__file__) + "/near.bin")',
        'HERE = Path(__file__).parent\nopen(f"{HERE}/near.bin")',
        'ROOT = Path(__file__).parent.parent\nopen(ROOT / "scripts/near.bin")',
    ],
)
def test_finds_paths_relative_to_the_program(project, line):
    (project / "scripts").mkdir()
    (project / "scripts" / "near.bin").write_bytes(b"\0")
    (project / "scripts" / "fit.py").write_text(f"import os\nfrom pathlib import Path\n{line}\n")
    plan = plan_run(RunRequest("scripts/fit.py", cwd=project))
    assert [i.path for i in plan.dependencies] == ["scripts/near.bin"]


def test_ignores_a_virtual_environment(project):
    for name in ("env/pyvenv.cfg", "env/bin/python"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(b"\0")
    (project / "train.py").write_text("")
    plan = plan_run(RunRequest(command=("env/bin/python", "train.py"), cwd=project))
    assert plan.dependencies == ()


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("cat data/train.bin", ["data/train.bin"]),
        ("sort < weights.bin > out/old.bin", ["weights.bin"]),
        ("DATA=data/train.bin tool --in=data/test.bin", ["data/test.bin", "data/train.bin"]),
        ("tool data/train.bin --output out/old.bin --log-dir=out", ["data/train.bin"]),
        ("# cat data", []),
        ("echo data  # data", []),
        ("mkdir -p out && cat weights.bin | tee out/old.bin", ["weights.bin"]),
        ("OUT_DIR=out", []),
        ("cat 'space é/x.bin' 2>out/old.bin", ["space é/x.bin"]),
        ('cat "$(dirname "$0")/weights.bin"', ["weights.bin"]),
        ("HERE=${BASH_SOURCE%/*}; cat $HERE/data/train.bin", ["data/train.bin"]),
        ("unclosed ' quote weights.bin", ["weights.bin"]),
    ],
)
def test_finds_paths_in_shell_scripts(project, line, paths):
    (project / "fit.sh").write_text(f"set -e\n{line}\n")
    assert [i.path for i in plan_run(RunRequest("fit.sh", cwd=project)).dependencies] == paths


def test_ignores_keys_and_comments_of_other_languages():
    text = '# read.csv("data/train.bin")\nx[["data"]]\nreadBin("weights.bin")\n'
    assert list(find_path_literals(text, ".r")) == [("weights.bin", 3)]


def test_copies_declared_dependencies(project):
    (project / "train.py").write_text("")
    (project / "gage.toml").write_text('[train]\nexec = "python train.py"\ndepends = ["data/*.bin", "weights.bin"]\n')
    assert [(d.path, d.why, d.files) for d in plan_run(RunRequest("train", cwd=project)).dependencies] == [
        ("data/test.bin", "depends", 1),
        ("data/train.bin", "depends", 1),
        ("weights.bin", "depends", 1),
    ]
    (project / "gage.toml").write_text('[train]\nexec = "python train.py"\ndepends = "dta/*"\n')
    with pytest.raises(NotFound, match=r"The operation depends on dta/\*, which is not in the project"):
        plan_run(RunRequest("train", cwd=project))


def test_searches_a_shell_line_with_several_programs(project):
    (project / "gage.toml").write_text('[sort]\nexec = "cat weights.bin | sort data/train.bin"\n')
    dependencies = plan_run(RunRequest("sort", cwd=project)).dependencies
    assert [d.path for d in dependencies] == ["data/train.bin", "weights.bin"]


def test_a_directory_includes_the_files_in_it(project):
    text = 'open("data/train.bin")\nopen("data")\nopen("data/test.bin")\n'
    assert plan_dependencies(project, text)[0] == {"data": "train.py:2"}


def test_ignores_directories_of_source_code_and_runs(project):
    (project / "lib").mkdir()
    (project / "lib" / "a.py").write_text("x = 1\n")
    (project / "runs").mkdir()
    (project / "runs" / "x.bin").write_bytes(b"\0")
    assert plan_dependencies(project, 'open("lib")\nopen("runs/x.bin")\n', store=project / "runs")[0] == {}


def test_measures_only_files_that_can_be_read(project):
    (project / "data" / "broken").symlink_to("nowhere")
    plan = plan_run(RunRequest(command=("ls", "data"), cwd=project))
    assert [(d.path, d.files) for d in plan.dependencies] == [("data", 2)]


def test_stops_searching_at_a_limit(project, monkeypatch):
    (project / "other.py").write_text('open("weights.bin")\n')
    assert plan_dependencies(project, "import other\n")[0] == {"weights.bin": "other.py:1"}
    monkeypatch.setattr(dependency_discovery, "MAX_SCANNED_FILES", 1)
    assert plan_dependencies(project, "import other\n")[0] == {}


def test_ignores_a_script_that_is_removed_meanwhile(project):
    missing = project / "gone.py"
    assert list(dependency_discovery._find_literals(missing, project, SourcePlan(()))) == []


def test_finds_a_program_named_by_its_path(project):
    (project / "fit.sh").write_text("data/train.bin --fast\n")
    assert [d.path for d in plan_run(RunRequest("fit.sh", cwd=project)).dependencies] == ["data/train.bin"]


@pytest.mark.parametrize(
    ("line", "is_input"),
    [
        ('ob = "images"', False),
        ('kinds = ["images", "texts"]', False),
        ('model = build("images")', False),
        ('p.add_argument("--objective", default="images")', False),
        ('config = {"objective": "images"}', False),
        ('profile = "images"', False),
        ('data_type = "images"', False),
        ('image_dir = "images"', True),
        ('p.add_argument("--image-dir", default="images")', True),
        ('config = {"root": "images"}', True),
        ('where = "images"\nos.listdir(where)', True),
        ('where = "images"\nopen(f"{where}/a.bin")', True),
        ('p.add_argument("--x", default="images")\nPath(args.x)', True),
        ('os.path.join(root, "images")', True),
        ('here / "images"', True),
        ('ImageFolder("images")', True),
        ('x = "images/a.bin"', True),
    ],
)
def test_a_word_is_an_input_only_where_it_is_meant_as_a_path(project, line, is_input):
    (project / "images").mkdir()
    (project / "images" / "a.bin").write_bytes(b"\0")
    assert bool(plan_dependencies(project, f"{line}\n")[0]) is is_input
    (project / "fit.R").write_text(line.replace(" = ", " <- "))
    if "\n" not in line and "p." not in line:
        texts = [text for text, _ in find_path_literals((project / "fit.R").read_text(), ".r", True)]
        assert ("images" in texts or "images/a.bin" in texts) is is_input


def test_a_word_of_a_command_is_an_input_only_where_it_is_meant_as_a_path(project):
    (project / "images").mkdir()
    (project / "images" / "a.bin").write_bytes(b"\0")
    for words, is_input in ((("--kind", "images"), False), (("--kind=images",), False), (("--dir", "images"), True)):
        plan = plan_run(RunRequest(command=("echo", *words), cwd=project))
        assert bool(plan.dependencies) is is_input
    (project / "fit.sh").write_text("KIND=images\nDIR=x\necho --kind images\n")
    assert plan_run(RunRequest("fit.sh", cwd=project)).dependencies == ()


@pytest.mark.parametrize(
    "line",
    [
        'os.environ.get("ROOT", "data")',
        'os.getenv("ROOT", "data")',
        'd.get("x", "data")',
        'root = x or "data"',
        'f("data")',
    ],
)
def test_the_name_of_a_data_directory_is_an_input(project, line):
    assert list(plan_dependencies(project, f"import os\n{line}\n")[0]) == ["data"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.json", '{"loader": {"data_dir": "inputs/", "save_dir": "out", "kind": "out"}}'),
        ("config.yaml", "files:\n- inputs/a.bin\n"),
        ("config.toml", 'path = "inputs"\n'),
        ("conf/config.ini", "[data]\nroot = ../inputs\n"),
        ("config.yaml", "base: inputs\nfile: ${base}/a.bin\n"),
        ("config.yaml", "file: ${hydra:runtime.cwd}/inputs/a.bin\n"),
    ],
)
def test_finds_data_that_only_a_config_file_names(project, name, text):
    for path, content in (("inputs/a.bin", "\0"), (name, text), (".gitignore", "inputs/\nout/\n")):
        (project / path).parent.mkdir(exist_ok=True)
        (project / path).write_text(content)
    base = name.rpartition("/")[2]
    names, notices = plan_dependencies(project, f'import json\njson.load(open("{base}"))\n')
    assert list(names) in (["inputs"], ["inputs/a.bin"]) and notices == ()
    assert next(iter(names.values())).startswith(f"{name}:")
    assert plan_dependencies(project, "import json\n")[0] == {}


def test_brings_a_default_that_the_program_made_absolute(project):
    text = """import argparse, os
p = argparse.ArgumentParser()
p.add_argument("--root", default=os.path.join(os.getcwd(), "weights" + ".bin"))
p.parse_args()
"""
    assert plan_dependencies(project, text)[0] == {"weights.bin": "config root"}


def test_reports_data_that_nothing_names(project):
    notice = "data is not part of the run, as the program does not name it. If it is needed: --depends data"
    assert plan_dependencies(project, "import thirdparty\nthirdparty.load()\n")[1] == (notice,)
    assert plan_dependencies(project, "import os\n")[1] == ()
    for line in ('Path(".").rglob("*.csv")', 'os.environ["ROOT"]', 'os.listdir(".")', "for top in os.walk(x): pass"):
        assert plan_dependencies(project, f"import os\n{line}\n")[1] == (notice,)
    assert plan_dependencies(project, 'import thirdparty\nopen("data/train.bin")\n')[1] == ()


@pytest.mark.parametrize(
    "line",
    [
        'open("../shared/x.bin")',
        'open(Path(__file__).parents[1] / "shared")',
        'open(os.path.join(os.path.dirname(os.path.dirname(__file__)), "shared/x.bin"))',
    ],
)
def test_reports_data_outside_the_project(tmp_path, line):
    code = tmp_path / "code"
    code.mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "x.bin").write_bytes(b"\0")
    (code / "t.py").write_text(line + "\n")
    [notice] = plan_run(RunRequest("t.py", cwd=code)).notices
    assert f"(t.py:1) is outside the project {code}, so it is not part of the run" in notice
    assert f"gage -C {tmp_path} init" in notice
    (tmp_path / "gage.toml").touch()
    plan = plan_run(RunRequest("t.py", cwd=code))
    assert [d.path for d in plan.dependencies] in (["shared"], ["shared/x.bin"]) and plan.notices == ()
