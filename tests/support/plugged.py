"""Packages with plugins, as pip leaves them: a module, and a folder that says what it is and what it offers."""

import re
import tomllib
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"


def install(
    folder: Path,
    module: str,
    code: str,
    entry: str = "open_reader",
    version: str = "1.2",
    group: str = "gage.readers",
    **files: str,
) -> Path:
    """Installs a package with `code` into a directory of packages, where it offers one plugin. Returns the directory.

    With other `files` the package is a directory; their names are without `.py`.
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
    """Install the plugin that the docs show, as they show it."""
    code, toml = (re.search(rf"```{kind}\n(.*?)```", DOCS.read_text(), re.S) for kind in ("python", "toml"))
    assert code and toml
    ((_, value),) = tomllib.loads(toml[1])["project"]["entry-points"]["gage.readers"].items()
    module, _, entry = value.partition(":")
    return install(folder, module, code[1], entry)
