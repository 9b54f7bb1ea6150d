"""Packages with plugins, as pip leaves them: a module, and a folder that says what it is and what it offers."""

import re
import tomllib
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"


def install(folder: Path, module: str, code: str, entry: str = "open_reader", version: str = "1.2") -> Path:
    """Put the package of `module` into a folder of packages, where it offers one reader. The folder is handed back."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{module}.py").write_text(code)
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module.replace('_', '-')}\nVersion: {version}\n")
    name = module.removeprefix("gage_")
    (info / "entry_points.txt").write_text(f"[gage.readers]\n{name} = {module}:{entry}\n")
    return folder


def install_documented(folder: Path) -> Path:
    """Install the plugin that the docs show, as they show it."""
    code, toml = (re.search(rf"```{kind}\n(.*?)```", DOCS.read_text(), re.S) for kind in ("python", "toml"))
    assert code and toml
    ((_, value),) = tomllib.loads(toml[1])["project"]["entry-points"]["gage.readers"].items()
    module, _, entry = value.partition(":")
    return install(folder, module, code[1], entry)
