"""Finding the Python program that a command starts, and starting it without wrapper and launcher."""

import sys
from pathlib import Path

import pytest

from gage.lib.command import parse_command
from gage.parsers.introspect.launch import build_standalone_words


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "bin").mkdir()
    for name in ("python", "python3", "torchrun", "uv"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "bin" / "my-train").write_text(f"#!{sys.executable}\n")
    (tmp_path / "bin" / "my-train").chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "argv", "args"),
    [
        ("python train.py --lr 1", "BIN/python train.py", "--lr 1"),
        ("python3 -u -W ignore train.py a.py", "BIN/python3 -u -W ignore train.py", "a.py"),
        ("python -m pkg.train x", "BIN/python -m pkg.train", "x"),
        ("torchrun --nproc_per_node 2 train.py --lr 1", "BIN/python train.py", "--lr 1"),
        ("python -m torch.distributed.run --nproc_per_node=2 train.py -m x", "BIN/python train.py", "-m x"),
        ("torchrun -m pkg.train", "BIN/python -m pkg.train", ""),
        ("env A=1 python train.py", "BIN/python train.py", ""),
        ("uv run train.py --lr 1", "BIN/python train.py", "--lr 1"),
        ("uv run python train.py", "BIN/python train.py", ""),
        ("my-train run", f"{sys.executable} BIN/my-train", "run"),
        ("python -I train.py", None, ""),
        ("python -c pass", None, ""),
        ("sh train.sh", None, ""),
        ("torchrun", None, ""),
        ("", None, ""),
    ],
)
def test_builds_a_command_without_wrapper_and_launcher(
    project: Path, command: str, argv: str | None, args: str
) -> None:
    parsed = parse_command(command.split())
    words = build_standalone_words(parsed, project, {"PATH": str(project / "bin")})
    if argv is None:
        assert words is None
    else:
        assert words == tuple(argv.replace("BIN", str(project / "bin")).split())
        assert parsed.words[parsed.arguments :] == tuple(args.split())
        assert bool(parsed.launcher) == ("torch" in command)


def test_prefers_the_environment_of_the_project(project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    words = build_standalone_words(parse_command(["uv", "run", "train.py"]), project, {"PATH": str(project / "bin")})
    assert words == (str(python), "train.py")


def test_reports_arguments_of_a_launcher(tmp_path: Path) -> None:
    from gage.parsers import parser_lookup

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "torchrun").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "torchrun").chmod(0o755)
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "train.py").write_text(
        "import argparse, os\np = argparse.ArgumentParser()\n"
        "p.add_argument('--rank', type=int, default=os.environ['LOCAL_RANK'])\np.parse_args()\n"
    )
    env = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    for _ in range(2):
        spec = parser_lookup.find_parser_spec(["torchrun", "train.py"], tmp_path / "train.py", tmp_path, tmp_path, env)
        assert spec is not None
        assert (spec.origin, spec.parameters[0].default) == ("introspected", 0), spec.note
