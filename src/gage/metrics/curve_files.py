"""Which files of a run directory may hold curves: TF event files, and the logs that other readers know."""

import os
from collections.abc import Iterator
from pathlib import Path

EVENT_FILE_MARK = "tfevents"
OUTPUT_EVENTS_SUFFIX = ".gage-output"
"""How the event file ends that Gage makes of what a program prints."""
MAX_DEPTH = 64


OUTPUT_ATTRIBUTES = "output.attrs"
"""The file that Gage makes of attributes that patterns find in what a program prints."""
DOCUMENTS = ("summary.json", "metrics.json", "trainer_state.json", "wandb-summary.json", "all_results.json")
SKIPPED_DIRECTORIES = frozenset(
    (".git", "__pycache__", "node_modules", ".venv", "venv", "site-packages", ".ipynb_checkpoints")
)
"""Folders that hold no logs, but many files."""
LOGS = (".jsonl", ".ndjson", ".csv", ".tsv", ".wandb", "trainer_state.json")
"""How other files with curves end. Files of MLflow have no ending: they are told by the folder `metrics`."""


def list_curve_files(run_dir: Path | str, all_files: bool = False) -> list[tuple[str, int]]:
    """The files below `run_dir` that may hold curves, by path relative to it, with their sizes: folder by folder, by
    name in each. With `everything` all files: plugins may know what they are.

    A name with `tfevents` in it makes an event file, as for TensorBoard. Links are not followed. What cannot be listed
    is passed over.
    """
    found = list(_walk(os.fspath(run_dir), "", 0, all_files))
    if len(found) > 1:
        found.sort()
    return [(below + name, size) for below, name, size in found]


def _may_hold(name: str, below: str) -> bool:
    return EVENT_FILE_MARK in name or name.endswith(LOGS) or "/metrics/" in below


def _walk(path: str, below: str, depth: int, everything: bool) -> Iterator[tuple[str, str, int]]:
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                name = entry.name
                if (everything or _may_hold(name, below)) and entry.is_file(follow_symlinks=False):
                    yield below, name, entry.stat(follow_symlinks=False).st_size
                elif depth < MAX_DEPTH and entry.is_dir(follow_symlinks=False) and name not in SKIPPED_DIRECTORIES:
                    yield from _walk(entry.path, f"{below}{entry.name}/", depth + 1, everything)
    except OSError:
        return
