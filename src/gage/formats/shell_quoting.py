"""Finds how positions in a shell script are quoted: by which quotes, substitution, comment or here-document.

Knows the part of the POSIX shell grammar that decides what is text. Runs nothing.
"""

import re
from collections.abc import Mapping

_HEREDOC = re.compile(r"<<(-?)[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|(\\?[^\s;&|<>()'\"`]+))")
_WORD = re.compile(r"(?:case|esac)(?=[\s;&|)]|\Z)")
_BEFORE_WORD = " \t\n;&|()"
_COMMANDS = frozenset(("", "$(", "(", "case"))


def find_quoting(line: str, spans: Mapping[int, int]) -> dict[int, tuple[str, ...]]:
    """Returns the frames around each span (start → end), outermost first.

    A frame is "" (the line itself), "$(", "(" or "case" (a command), "'", '"', "$'", "`", "${", "((" (arithmetic), "#"
    (a comment), or "<<WORD" / "<<'WORD" (a here-document that is expanded / is not). A span whose first character
    is escaped is left out.
    """
    return _ShellScanner(line, spans).scan()


class _ShellScanner:
    def __init__(self, line: str, spans: Mapping[int, int]) -> None:
        self.line = line
        self.spans = spans
        self.frames = [""]
        self.waiting: list[str] = []
        self.frames_by_start: dict[int, tuple[str, ...]] = {}
        self.at = 0

    def scan(self) -> dict[int, tuple[str, ...]]:
        while self.at < len(self.line):
            if self.at in self.spans:
                self.frames_by_start[self.at] = tuple(self.frames)
                self.at = self.spans[self.at]
            else:
                self.at += self.step(self.frames[-1], self.line[self.at])
        return self.frames_by_start

    def step(self, frame: str, char: str) -> int:
        """Processes one character. Returns how many to advance."""
        if frame == "'":
            return self.leave(char == "'")
        if frame == "#":
            return self.leave(char == "\n") if char != "\n" else self.leave(True) - 1
        if frame.startswith("<<'"):
            return self.heredoc_line(frame, char)
        if char == "\\":
            return 2
        if frame == "$'":
            return self.leave(char == "'")
        if char == "`":
            return self.leave(True) if frame == "`" else self.enter("`")
        if char == "$" and frame != "`":
            return self.dollar(frame)
        if frame == '"':
            return self.leave(char == '"')
        if frame.startswith("<<"):
            return self.heredoc_line(frame, char)
        if frame == "((":
            return self.arithmetic(char)
        if frame == "${":
            is_quote = char == '"' or (char == "'" and '"' not in self.frames)
            return self.enter(char) if is_quote else self.leave(char == "}")
        return self.command(frame, char)

    def command(self, frame: str, char: str) -> int:
        if char in "'\"":
            return self.enter(char)
        if char == "(":
            return self.enter("(")
        if char == ")":
            return self.leave(frame in ("$(", "("))
        if char in "#ce" and (self.at == 0 or self.line[self.at - 1] in _BEFORE_WORD):
            return self.enter("#") if char == "#" else self.word(frame)
        if char == "<" and self.line.startswith("<<<", self.at):
            return 3
        heredoc = _HEREDOC.match(self.line, self.at) if char == "<" else None
        if heredoc:
            _, single, double, plain = heredoc.groups()
            quoted = single or double or (plain[1:] if plain.startswith("\\") else "")
            self.waiting.append(f"<<'{quoted}" if quoted else f"<<{plain}")
            return heredoc.end() - self.at
        if char == "\n" and self.waiting:
            self.frames += reversed(self.waiting)
            self.waiting.clear()
            return self.heredoc_line(self.frames[-1], char)
        return 1

    def word(self, frame: str) -> int:
        """Handles `case` and `esac`: between them a ) needs no (."""
        match = _WORD.match(self.line, self.at)
        if match and match.group() == "case" and "esac" in self.line[self.at :]:
            return self.enter("case", 4)
        return self.leave(True, 4) if match and frame == "case" and match.group() == "esac" else 1

    def dollar(self, frame: str) -> int:
        after = self.line[self.at + 1 : self.at + 3]
        if after == "((":
            return self.enter("((", 3)
        if after[:1] == "(":
            return self.enter("$(", 2)
        if after[:1] == "{":
            return self.enter("${", 2)
        return self.enter("$'", 2) if after[:1] == "'" and frame in _COMMANDS else 1

    def arithmetic(self, char: str) -> int:
        if char in "'\"(":
            return self.enter("((" if char == "(" else char)
        if char != ")" or self.frames[-2:-1] == ["(("]:
            return self.leave(char == ")")
        if self.line.startswith("))", self.at):
            return self.leave(True, 2)
        self.frames[-1] = "$("  # a substitution that starts with a subshell
        return 1

    def heredoc_line(self, frame: str, char: str) -> int:
        """Ends the here-document if the next line is its end word."""
        if char != "\n":
            return 1
        end = self.line.find("\n", self.at + 1)
        next_line = self.line[self.at + 1 : end if end >= 0 else None]
        if next_line.lstrip("\t") != frame[2:].removeprefix("'"):
            return 1
        self.frames.pop()
        return 1 + len(next_line)

    def enter(self, frame: str, length: int = 1) -> int:
        self.frames.append(frame)
        return length

    def leave(self, is_end: bool, length: int = 1) -> int:
        if is_end and len(self.frames) > 1:
            self.frames.pop()
        return length if is_end else 1
