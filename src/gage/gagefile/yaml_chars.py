"""Characters that YAML takes for something else than an editor does."""

import re

BREAKS = dict.fromkeys(map(ord, "\r\x85\u2028\u2029"), " ")
"""What YAML 1.1 takes for the end of a line, and no editor does: lines would be counted otherwise."""

ODD_INDENT = re.compile(r"^[ \t]*([\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]+)(?=[^\s#])", re.MULTILINE)
"""Spaces that are none, in front of a line."""
