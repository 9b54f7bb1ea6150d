"""Config formats that an installed package adds."""

import plugin_packages
import pytest

from gage.formats.registry import GROUP, find_config_source, format_name, is_program, load_format_plugins
from gage.types.errors import ConfigError

PROPERTIES = """
import re
from gage.formats.config_source import FileValue

suffixes = (".properties",)
PAIR = re.compile(rb"^(\\w+)=(.*)$", re.M)


def read(data):
    pairs = PAIR.findall(data)
    return {name.decode(): FileValue(value.decode(), line) for line, (name, value) in enumerate(pairs, 1)}


def apply(data, values):
    if "bad" in values:
        raise KeyError("bad")
    return PAIR.sub(lambda m: m[1] + b"=" + str(values.get(m[1].decode(), m[2].decode())).encode(), data)
"""


def install(tmp_path, monkeypatch, code, module="gage_properties", entry=""):
    packages = plugin_packages.install(tmp_path / "packages", module, code, entry, group=GROUP)
    (packages / f"{module}-1.2.dist-info" / "entry_points.txt").write_text(f"[{GROUP}]\nproperties = {module}\n")
    monkeypatch.syspath_prepend(packages)


def test_reads_and_changes_a_file_of_a_plugin(tmp_path, monkeypatch):
    assert find_config_source("a.properties") is None
    install(tmp_path, monkeypatch, PROPERTIES)
    source = find_config_source("conf/a.Properties")
    assert source is not None
    assert source.read(b"lr=0.1\nname=x\n")["lr"].value == "0.1"
    assert source.apply(b"lr=0.1\nname=x\n", {"lr": 0.2}) == b"lr=0.2\nname=x\n"
    assert (format_name("a.properties"), is_program("a.properties")) == ("properties", False)


def test_turns_exceptions_of_a_plugin_into_config_errors(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, PROPERTIES)
    source = find_config_source("a.properties")
    assert source is not None
    with pytest.raises(ConfigError, match=r"properties of gage-properties 1\.2 failed: KeyError: 'bad'"):
        source.apply(b"", {"bad": 1})


def test_passes_on_the_config_errors_of_a_plugin(tmp_path, monkeypatch):
    code = PROPERTIES + "\ndef read(data):\n    from gage.types.errors import ConfigError\n"
    code += "    raise ConfigError('Line 3 has no =') if data else OSError('empty')\n"
    install(tmp_path, monkeypatch, code, "gage_strict_properties")
    source = find_config_source("a.properties")
    assert source is not None
    with pytest.raises(ConfigError, match=r"^Line 3 has no ="):
        source.read(b"a")
    with pytest.raises(ConfigError, match="failed: OSError: empty"):
        source.read(b"")


def test_reports_a_plugin_that_is_not_a_format(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch, "suffixes = '.x'", "gage_broken_format")
    (plugin,) = load_format_plugins()
    assert plugin.problem == "expected an object with suffixes, read() and apply(), got module"
    assert find_config_source("a.x") is None
