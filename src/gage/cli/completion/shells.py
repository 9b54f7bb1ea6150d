"""The completion script, the input and the output format of each shell. Knows quoting, not what is completed.

Every script hands over the words before the cursor, and gets a line for each value. A line that starts with a control
character is an instruction: values have none. Nothing of an answer is ever evaluated.
"""

import re
from collections.abc import MutableMapping, Sequence

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

from gage.cli.completion.complete import complete_words

COMPLETE_FILES, COMPLETE_DIRECTORIES, NO_SPACE = "\x01files", "\x01folders", "\x01open"
"""Instructions: let the shell complete files or directories; put no blank after the value."""


class _ArgumentShell(ShellComplete):
    """A shell that passes the words as arguments, the unfinished one last."""

    def __init__(
        self,
        cli: click.Command,
        ctx_args: MutableMapping[str, object],
        prog_name: str,
        complete_var: str,
        words: Sequence[str] = (),
    ) -> None:
        super().__init__(cli, ctx_args, prog_name, complete_var)
        self.words = list(words)

    def get_completion_args(self) -> tuple[list[str], str]:
        """Returns the words before the cursor, and the unfinished one."""
        return self.words[:-1], self.words[-1] if self.words else ""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Returns the completions of the unfinished word."""
        return complete_words(args, incomplete)

    def source(self) -> str:
        """Returns the script, which has nothing to fill in."""
        return self.source_template


def _format_instruction(item: CompletionItem[str]) -> str:
    return {"file": COMPLETE_FILES, "dir": COMPLETE_DIRECTORIES}.get(item.type, "")


BASH = r"""# Completion of gage for bash, as 'gage completion bash' prints it.
_gage_completion() {
    local line errors=/dev/null
    [[ -n ${GAGE_DEBUG-} ]] && errors=/dev/stderr
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            $'\001files') compopt -o default 2>/dev/null ;;
            $'\001folders') compopt -o dirnames 2>/dev/null ;;
            $'\001open') compopt -o nospace 2>/dev/null ;;
            *) COMPREPLY[${#COMPREPLY[@]}]=$line ;;
        esac
    done < <(_GAGE_COMPLETE=bash command gage \
        "${COMP_LINE:0:$COMP_POINT}" "$2" "${COMP_TYPE-}" "${COLUMNS-}" "$COMP_WORDBREAKS" 2>"$errors")
}
complete -o nosort -F _gage_completion gage 2>/dev/null || complete -F _gage_completion gage
"""


class Bash(_ArgumentShell, BashComplete):
    """Bash splits words at `=` and `:`, needs values quoted, and has no descriptions: they are appended to the values
    when it lists them.
    """

    source_template = BASH

    LISTING_TYPES = ("63", "33")
    """Values of COMP_TYPE for which bash only lists the completions."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Returns the words of the line; a `$` or backtick in them is plain text."""
        self.line, self.shown, self.kind, self.width, self.breaks = (*self.words, "", "", "", "", "")[:5]
        self.raw = _find_last_word(self.line)
        words = split_arg_string(self.line[: len(self.line) - len(self.raw)])[1:]
        return words, next(iter(split_arg_string(self.raw)), "")

    def complete(self) -> str:
        """Returns the completions, each from the place where bash starts the word."""
        args, word = self.get_completion_args()
        items = self.get_completions(args, word)
        lines = [_format_instruction(item) for item in items if item.type != "plain"]
        quoted = [(self._quote(item.value), item) for item in items if item.type == "plain"]
        shown = [(text, item) for text, item in quoted if text is not None]
        if len(shown) == 1 and shown[0][1].is_open:
            lines.append(NO_SPACE)
        if len(shown) > 1 and self.kind in self.LISTING_TYPES:
            return "\n".join([*lines, *self._format_list(shown)])
        return "\n".join([*lines, *(text for text, _ in shown)])

    def _quote(self, value: str) -> str | None:
        """Returns the replacement for the part of the word that bash completes; None if it cannot be quoted."""
        quote = self.raw[:1] if self.raw[:1] in ("'", '"') else ""
        if quote:
            unsafe = "'" if quote == "'" else '"\\$`!'
            return None if set(value) & set(unsafe) else value
        at = max((i + 1 for i, c in enumerate(self.raw) if c in self.breaks and c in "=:@"), default=0)
        text = _escape_for_bash(value)
        before = _escape_for_bash(next(iter(split_arg_string(self.raw[:at])), "")) if at else ""
        return text[len(before) :] if text.startswith(before) else None

    def _format_list(self, shown: Sequence[tuple[str, CompletionItem[str]]]) -> list[str]:
        from gage.cli.render import terminal

        widest = max(len(text) for text, _ in shown)
        width = int(self.width) if self.width.isdigit() else 80
        lines = []
        for text, item in shown:
            room = width - widest - 5
            about = terminal.truncate(item.help or "", room) if room > 10 else ""
            lines.append(f"{text:<{widest}}  ({about})" if about else text)
        return lines


def _find_last_word(line: str) -> str:
    """Returns the last word of a line as typed, with its quotes."""
    start, quote, at = 0, "", 0
    while at < len(line):
        c = line[at]
        if c == "\\" and quote != "'":
            at += 1
        elif quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c.isspace():
            start = at + 1
        at += 1
    return line[start:]


def _escape_for_bash(text: str) -> str:
    """Returns `text` escaped as one word of bash."""
    return re.sub(r"([^\w@%+=:,./~-]|^~)", r"\\\1", text)


ZSH = r"""#compdef gage
# Completion of gage for zsh, as 'gage completion zsh' prints it.
_gage() {
    local line errors=/dev/null
    local -a closed open
    [[ -n ${GAGE_DEBUG-} ]] && errors=/dev/stderr
    while IFS= read -r line; do
        case $line in
            ($'\001files') _files ;;
            ($'\001folders') _files -/ ;;
            (\=*) open+=("${line#\=}") ;;
            (\+*) closed+=("${line#+}") ;;
        esac
    done < <(_GAGE_COMPLETE=zsh command gage "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>$errors)
    (( $#closed )) && _describe -V gage closed
    (( $#open )) && _describe -V gage open -S ''
    return 0
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _gage "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _gage gage
fi
"""


class Zsh(_ArgumentShell, ZshComplete):
    """Zsh quotes values itself; a colon separates a value from its description."""

    source_template = ZSH

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Returns `+value:description`, or `=value:description` if the word continues."""
        if item.type != "plain":
            return _format_instruction(item)
        value = item.value.replace("\\", "\\\\").replace(":", "\\:")
        about = (item.help or "").replace("\\", "\\\\")
        return f"{'=' if item.is_open else '+'}{value}" + (f":{about}" if about else "")


FISH = r"""# Completion of gage for fish, as 'gage completion fish' prints it.
function __gage_completion
    set -l words (commandline -opc)
    set -e words[1]
    set -l word (commandline -ct)
    set -l errors /dev/null
    test -n "$GAGE_DEBUG"; and set errors /dev/stderr
    for line in (env _GAGE_COMPLETE=fish gage $words "$word" 2>$errors)
        switch $line
            case \x01files
                __fish_complete_path "$word"
            case \x01folders
                __fish_complete_directories "$word" ''
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c gage -f -k -a '(__gage_completion)'
"""


class Fish(_ArgumentShell, FishComplete):
    """Fish quotes values itself; a tab separates a value from its description."""

    source_template = FISH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Returns the words; only the last one is as typed."""
        args, word = super().get_completion_args()
        return args, next(iter(split_arg_string(word)), "")

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Returns `value<tab>description`."""
        if item.type != "plain":
            return _format_instruction(item)
        return f"{item.value}\t{item.help}" if item.help else item.value


NUSHELL = r"""# Completion of gage for nushell 0.108 or newer, as 'gage completion nushell' prints it.
def "nu-complete gage" [spans: list<string>] {
    let lines = (with-env {_GAGE_COMPLETE: nushell} { ^gage ...($spans | skip 1) } | complete | get stdout | lines)
    if ($lines | any {|line| $line starts-with (char -i 1) }) { return null }
    $lines | each {|line|
        let parts = ($line | split row -n 2 (char tab))
        {value: $parts.0, description: ($parts | get -o 1 | default "")}
    }
}

@complete "nu-complete gage"
extern gage [...args]
"""


class Nushell(Fish):
    """Nushell inserts values as given, so they are quoted here."""

    name = "nushell"
    source_template = NUSHELL

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Returns `value<tab>description`, quoted where nushell needs it."""
        if item.type != "plain":
            return _format_instruction(item)
        value = item.value
        if not re.fullmatch(r"[\w./:=+,@%-]+", value):
            value = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{value}\t{item.help}" if item.help else value


SHELLS: dict[str, type[_ArgumentShell]] = {"bash": Bash, "zsh": Zsh, "fish": Fish, "nushell": Nushell}
