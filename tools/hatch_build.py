"""Builds the page before a wheel or a source distribution is made, if it is not built yet. That needs Node."""

import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface):
    """Builds `src/gage/view/page` from `web`. An editable installation uses whatever `make page` built."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Is called by Hatch before it collects the files."""
        root = Path(self.root)
        if version != "editable" and not (root / "src" / "gage" / "view" / "page" / "index.html").is_file():
            subprocess.run(["sh", str(root / "tools" / "page.sh"), sys.prefix, "bundle"], check=True)
