"""Installs packages with plugins into a directory, as pip does: a module and a directory with its entry point."""

import re
import tomllib
from pathlib import Path

METRICS_PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def install(
    folder: Path,
    module: str,
    code: str,
    entry: str = "open_reader",
    version: str = "1.2",
    group: str = "gage.readers",
    **files: str,
) -> Path:
    """Installs a package with `code` and one entry point into a directory of packages. Returns the directory.

    `files` are further modules of the package: names without `.py`, and sources.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{module}.py"
    if files:
        (folder / module).mkdir()
        path = folder / module / "__init__.py"
    path.write_text(code)
    for name, text in files.items():
        (folder / module / f"{name}.py").write_text(text)
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module.replace('_', '-')}\nVersion: {version}\n")
    name = module.removeprefix("gage_")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}:{entry}\n")
    return folder


def install_documented(folder: Path) -> Path:
    """Installs the plugin that `docs/metrics.md` shows. Returns the directory."""
    code, toml = (re.search(rf"```{kind}\n(.*?)```", METRICS_PAGE.read_text(), re.S) for kind in ("python", "toml"))
    assert code and toml
    ((_, value),) = tomllib.loads(toml[1])["project"]["entry-points"]["gage.readers"].items()
    module, _, entry = value.partition(":")
    return install(folder, module, code[1], entry)
