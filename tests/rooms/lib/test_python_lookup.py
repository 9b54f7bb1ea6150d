"""Location of the Python that runs a command in a conda environment."""

from pathlib import Path

import pytest

from gage.lib.command import parse_shell_line
from gage.lib.python_lookup import locate_python


def add_program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("options", ["-n ml", "--name ml", "-p {root}/envs/ml", "--prefix {root}/envs/ml"])
def test_finds_the_python_of_a_conda_environment(tmp_path: Path, options: str) -> None:
    python = add_program(tmp_path / "envs/ml/bin/python")
    add_program(tmp_path / "bin/conda")
    env = {"PATH": str(tmp_path / "bin")}
    command = parse_shell_line(f"conda run {options.format(root=tmp_path)} python train.py")
    assert locate_python(command, tmp_path, env) == python
    Path(python).unlink()
    assert locate_python(command, tmp_path, env) is None


def test_finds_the_environments_of_micromamba(tmp_path: Path) -> None:
    python = add_program(tmp_path / "envs/ml/bin/python")
    command = parse_shell_line("micromamba run -n ml python train.py")
    assert locate_python(command, tmp_path, {"PATH": "", "MAMBA_ROOT_PREFIX": str(tmp_path)}) == python


def test_finds_the_python_of_the_active_conda_environment(tmp_path: Path) -> None:
    python = add_program(tmp_path / "bin/python")
    command = parse_shell_line("conda run python train.py")
    assert locate_python(command, tmp_path, {"PATH": str(tmp_path / "bin")}) == python
