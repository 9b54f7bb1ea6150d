"""Checks the messages of commits: an imperative subject of at most 72 characters, a blank line, then the reason.

usage: check_commits.py [REVISION_RANGE]     default: all commits since this file was added
Prints each fault and exits with 1 if there is one. Merge commits are left out. Does nothing outside of a Git checkout.
"""

import re
import subprocess
import sys
from pathlib import Path

MAX_SUBJECT = 72
REFUSED_FIRST_WORDS = frozenset(
    "a an the and but so it this that these what where when how why who which there now also some more no not "
    "fix: feat: chore: wip misc various stuff update updates".split()
)
"""Words that no imperative subject starts with, or that say nothing."""
PAST_OR_THIRD_PERSON = re.compile(r"(?:[A-Z][a-z]+ed|(?:Adds|Fixes|Makes|Removes|Renames|Moves|Uses|Changes|Allows))$")
"""`Added`, `Renames`: not imperative. (`Need`, `Feed` and the like are in `IMPERATIVES`.)"""
IMPERATIVES = frozenset(("Need", "Feed", "Seed", "Speed", "Embed", "Shed", "Proceed", "Exceed"))


def main(words: list[str]) -> int:
    """Checks the commits of a range; returns the exit code."""
    faults = [f"{commit[:9]}: {fault}" for commit, message in read_commits(words) for fault in find_faults(message)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def read_commits(words: list[str]) -> list[tuple[str, str]]:
    """Returns hash and message of each commit of the range, merges left out."""
    revisions = words or default_range()
    if not revisions:
        return []
    log = git("log", "--no-merges", "--format=%H%x00%B%x01", *revisions)
    records = [record.strip("\n").partition("\0") for record in log.split("\x01")]
    return [(commit, message) for commit, _, message in records if commit]


def default_range() -> list[str]:
    """Returns the range from the commit that added this file; empty outside of a checkout."""
    added = git("log", "--diff-filter=A", "--format=%H", "--", Path(__file__).name, cwd=Path(__file__).parent).split()
    return [f"{added[-1]}..HEAD"] if added else []


def find_faults(message: str) -> list[str]:
    """Returns what is wrong with one commit message."""
    subject, *rest = message.strip("\n").split("\n")
    first = subject.split(" ")[0] if subject else ""
    faults = []
    if len(subject) > MAX_SUBJECT:
        faults.append(f"the subject has {len(subject)} characters, at most {MAX_SUBJECT} are allowed: {subject}")
    if not first[:1].isupper() or first.lower() in REFUSED_FIRST_WORDS:
        faults.append(f"the subject must start with a capitalized imperative verb, got {first!r}: {subject}")
    elif PAST_OR_THIRD_PERSON.match(first) and first not in IMPERATIVES:
        faults.append(f"the subject must be imperative ('Add', not 'Added' or 'Adds'), got {first!r}: {subject}")
    if subject.endswith("."):
        faults.append(f"the subject must not end with a full stop: {subject}")
    if not any(line.strip() for line in rest):
        faults.append(f"the body with the reason is missing: {subject}")
    elif rest[0].strip():
        faults.append(f"a blank line must separate subject and body: {subject}")
    return faults


def git(*args: str, cwd: Path | None = None) -> str:
    """Returns what a git command prints; nothing if it fails."""
    done = subprocess.run(["git", *args], capture_output=True, text=True, check=False, cwd=cwd)
    return done.stdout if done.returncode == 0 else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
