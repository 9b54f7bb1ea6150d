"""Checks commit messages, and tests that check."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import PROJECT

CHECK = PROJECT / "tools" / "check_commits.py"
find_faults = runpy.run_path(str(CHECK))["find_faults"]


@pytest.mark.parametrize(
    "message",
    [
        "Validate digests before the run starts\n\nA wrong digest was found only after hours of training.\n",
        "Speed up listing\n\nThe index was read twice.",
        f"{'Add ' + 'x' * 68}\n\nSubjects of 72 characters are allowed.",
    ],
)
def test_accepts_imperative_subject_with_reason(message: str) -> None:
    assert find_faults(message) == []


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (f"{'Add ' + 'x' * 69}\n\nwhy", "73 characters"),
        ("What is asked again is in the docs\n\nwhy", "imperative verb"),
        ("add a thing\n\nwhy", "imperative verb"),
        ("Added a column\n\nwhy", "must be imperative"),
        ("Adds a column\n\nwhy", "must be imperative"),
        ("Add a column.\n\nwhy", "full stop"),
        ("Add a column", "body with the reason is missing"),
        ("Add a column\nwhy", "blank line"),
        ("", "imperative verb"),
    ],
)
def test_rejects_other_messages(message: str, fault: str) -> None:
    assert any(fault in actual for actual in find_faults(message))


def test_checks_the_commits_of_a_range(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    git("commit", "--allow-empty", "-m", "Start\n\nwhy")
    git("commit", "--allow-empty", "-m", "what changed")
    completed = subprocess.run(
        [sys.executable, CHECK, "HEAD~1..HEAD"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert completed.returncode == 1
    assert "must start with a capitalized imperative verb, got 'what'" in completed.stderr


def test_commits_of_the_project_pass_the_check() -> None:
    completed = subprocess.run([sys.executable, CHECK], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert completed.stderr == ""
