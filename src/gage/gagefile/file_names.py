"""The names of Gage files. A module of its own, since `gage list` looks for Gage files without reading them."""

GAGEFILE_NAMES = ("gage.toml", "gage.json", "gage.yaml", "gage.yml")
"""In the order in which they are looked for."""
BOARDS_DIR = "boards"
"""Directory of a project that contains its boards."""
BOARD_SUFFIXES = (".toml", ".json", ".yaml", ".yml")
REPORTS_DIR = "reports"
"""Directory of a project that contains its reports."""
REPORT_SUFFIX = ".md"
