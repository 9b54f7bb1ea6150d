"""Programs and scripts that cannot be read, and modules that are too large."""

import socket
from pathlib import Path

import pytest

from gage.parsers import parser_lookup
from gage.parsers.fire.syntax import format_value
from gage.parsers.introspect import cache
from gage.parsers.read_source import read_source
from gage.static_analysis.module_loader import MAX_MODULE_BYTES, ModuleLoader


def test_missing_script_is_not_a_python_program(tmp_path: Path) -> None:
    assert not parser_lookup._is_python(tmp_path / "train")
    assert parser_lookup._find_parsing_files(tmp_path / "train.py", tmp_path) == ()


def test_program_without_imports_has_no_parser(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text("print('parser.parse_args() comes later')\n")
    assert parser_lookup._find_parsing_files(script, tmp_path) == ()
    script.write_text(
        "def train(parser):\n    parser.parse_args()\n\n\ntrain(__import__('argparse').ArgumentParser())\n"
    )
    assert parser_lookup._find_parsing_files(script, tmp_path) == (script,)


def test_reads_a_module_once_that_two_modules_import(tmp_path: Path) -> None:
    for name, text in (
        ("train", "import a, b, argparse\nargparse.ArgumentParser().parse_args()"),
        ("a", "import c"),
        ("b", "import c"),
        ("c", ""),
    ):
        (tmp_path / f"{name}.py").write_text(f"{text}\n")
    paths = parser_lookup._find_parsing_files(tmp_path / "train.py", tmp_path)
    assert sorted(path.stem for path in paths) == ["a", "b", "c", "train"]


def test_a_socket_has_no_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert cache._stamp(str(tmp_path / "socket"), 0) is None


def test_fire_does_not_quote_text_for_parameters_of_other_types() -> None:
    assert format_value("float", "1e5") == "1e5"


def test_does_not_load_a_huge_module(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_text("#" * (MAX_MODULE_BYTES + 1))
    (tmp_path / "small.py").write_text("a = 1\n")
    loader = ModuleLoader(tmp_path / "train.py")
    importer = str(tmp_path / "train.py")
    assert loader.find("big", near=importer) is None
    assert loader.find("small", near=importer) is not None


def test_finds_an_option_with_a_value_in_the_usage_of_r() -> None:
    text = "doc <- 'Usage: fit.R --lr RATE <x>\n\nOptions:\n  --lr RATE  the rate [default: 0.1]'\no <- docopt(doc)\n"
    spec = read_source(Path("fit.R"), text)
    assert spec is not None
    assert [parameter.name for parameter in spec.parameters] == ["lr", "x"]
