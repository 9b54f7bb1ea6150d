"""Which script a command starts, and how a script is started."""

import pytest

from gage.lib.command import parse_command, parse_shell_line
from gage.project.operation import find_script_file, find_starter
from gage.types.errors import NotFound


@pytest.fixture
def folder(tmp_path):
    for name in ("train.py", "pkg/fit.py", "pkg/__init__.py", "pkg/__main__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("lr = 1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("python train.py --lr 1", "train.py"),
        ("python -u -m pkg.fit --lr 1", "pkg/fit.py"),
        ("python3.12 -m pkg", "pkg/__main__.py"),
        ("torchrun --nproc-per-node 2 train.py", "train.py"),
        ("torchrun -m pkg.fit", "pkg/fit.py"),
        ("python -m torch.distributed.run --nproc 2 train.py", "train.py"),
        ("accelerate launch train.py", "train.py"),
        ("accelerate launch -m pkg.fit", "pkg/fit.py"),
        ("uv run train.py", "train.py"),
        ("uv run --with numpy python -m pkg.fit", "pkg/fit.py"),
        ("poetry run python train.py", "train.py"),
        ("CUDA_VISIBLE_DEVICES=1 python train.py", "train.py"),
        ("python -m http.server", None),
        ("python -m ../x", None),
        ("python -m", None),
        ("cd x && python train.py", None),
        ("grep -m 1 train.py", None),
        ("cat train.py", None),
    ],
)
def test_finds_the_script_of_a_command(folder, line, path):
    commands = [parse_shell_line(line)] + ([] if "&&" in line else [parse_command(line.split())])
    for command in commands:
        script = find_script_file(command, folder)
        assert (script and script.relative_to(folder).as_posix()) == path


@pytest.mark.parametrize("shebang", ["#!/no/such/interpreter", "#!/usr/bin/env no-such-interpreter", "#!"])
@pytest.mark.parametrize("mode", [0o755, 0o644])
def test_reports_a_missing_interpreter_before_the_run(folder, shebang, mode):
    (folder / "fit").write_text(shebang + "\necho\n")
    (folder / "fit").chmod(mode)
    with pytest.raises(NotFound, match="The interpreter of fit is not installed"):
        find_starter(folder / "fit", "fit")


@pytest.mark.parametrize("shebang", ["#!/bin/sh -e", "#!/usr/bin/env sh", "#!/usr/bin/env -S A=1 sh -e"])
def test_starts_an_executable_script_directly(folder, shebang):
    (folder / "fit").write_text(shebang + "\necho\n")
    (folder / "fit").chmod(0o755)
    assert find_starter(folder / "fit", "fit") == ()
