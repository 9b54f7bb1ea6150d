"""The names of parameters in a command: of its options, and of the keys of the config files that it names.

Knows words and files, not which operation they belong to or what the values mean.
"""

import re
from collections.abc import Iterable

MAX_FILES = 8
MAX_FILE_CHARS = 1 << 16
"""Characters of a config file that are searched."""

# --lr=0.1 · -lr · --lr · lr=0.1 · model.depth=3
_OPTION = re.compile(r"--?(?P<option>[A-Za-z][\w.-]*)|\+{0,2}(?P<override>[A-Za-z_][\w./-]*)(?==)")
_CONFIG_FILE = re.compile(r"(?:.*=)?(?P<path>[^=]+\.(?:ya?ml|json|toml|ini|cfg|gin|conf))", re.I)
# lr: 0.1 · "lr": 0.1 · lr = 0.1
_KEY = re.compile(r"(?:^|[{,])[ \t-]*[\"']?(?P<key>[A-Za-z_][\w.-]*)[\"']?[ \t]*[:=]", re.M)


def find_parameter_names(words: Iterable[str], directory: str) -> set[str]:
    """Returns the names in a command that starts in `directory`. Files that cannot be read have none."""
    names: set[str] = set()
    paths: list[str] = []
    for word in words:
        if option := _OPTION.match(word):
            names.add(option["option"] or option["override"])
        if file := _CONFIG_FILE.fullmatch(word):
            paths.append(file["path"])
    for path in paths[:MAX_FILES]:
        try:
            with open(f"{directory}/{path}" if path[:1] != "/" else path, encoding="utf-8") as file_text:
                names.update(m["key"] for m in _KEY.finditer(file_text.read(MAX_FILE_CHARS)))
        except (OSError, ValueError):
            continue
    return names
