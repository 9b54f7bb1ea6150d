"""The names of Gage files. Apart, as `gage list` looks for Gage files and reads none."""

GAGEFILE_NAMES = ("gage.toml", "gage.json", "gage.yaml", "gage.yml")
"""In the order in which they are looked for."""
