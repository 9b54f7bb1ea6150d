"""Masks secrets in what is about to be written: by the names that carry them, and by the shapes of known tokens."""

import re
from collections.abc import Mapping, Sequence

MASK = "********"

_NAME = re.compile(
    r"(?:^|[_\-.])(?:secret|secrets|token|password|passwd|passphrase|pwd|credential|credentials|apikey|authtoken"
    r"|(?:api|access|private|secret|auth|encryption|signing|account|storage|license|ssh|deploy)[_\-.]?key|auth|cookie"
    r"|connection[_\-.]string|dsn|pat|sas)(?:$|[_\-.](?:id|file|path|value|key|v?\d+))|(?:^|[_\-.])(?:secret|password)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:_|-)(?:file|path|dir|id)$|^(?:tokenizers?|keyboard)|max_?tokens?|^ssh_auth_sock$", re.IGNORECASE
)

_SHAPES = re.compile(
    "|".join(
        (
            r"\b(?:AKIA|ASIA|AGPA|AROA|AIDA)[A-Z0-9]{16}\b",
            r"\bgh[pousr]_[A-Za-z0-9]{30,}\b",
            r"\bgithub_pat_[A-Za-z0-9_]{20,}\b",
            r"\bglpat-[A-Za-z0-9_\-]{20,}",
            r"\bhf_[A-Za-z0-9]{20,}\b",
            r"\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_\-]{20,}",
            r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,}",
            r"\bAIza[A-Za-z0-9_\-]{35}",
            r"\bya29\.[A-Za-z0-9_\-]{20,}",
            r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}",
            r"\b(?:pypi-|npm_|dop_v1_|SG\.|rk_live_|sk_live_|whsec_|dckr_pat_|r8_|nvapi-|gsk_)[A-Za-z0-9_\-.]{16,}",
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        )
    ),
    re.DOTALL,
)
_URL = re.compile(r"(?<=://)([^\s/@:'\"]*):([^\s/@'\"]+)@")
_OPTION = re.compile(r"(--?[A-Za-z][\w\-.]*)(=|\s+)('[^']*'|\"[^\"]*\"|[^\s'\"]+)")
_ASSIGNMENT = re.compile(r"\b([A-Za-z_][\w.\-]*)=('[^']*'|\"[^\"]*\"|[^\s'\"]+)")


def is_secret_name(name: str) -> bool:
    """Whether a variable, option or setting of this name holds a secret."""
    return bool(_NAME.search(name)) and not _HARMLESS.search(name)


def mask(text: str) -> str:
    """The text without tokens of known shapes and without passwords in URLs."""
    return _URL.sub(rf"\1:{MASK}@", _SHAPES.sub(MASK, text))


def mask_value(name: str, value: str) -> str:
    """The value of a variable or setting, masked whole when its name says that it is secret."""
    return MASK if value and is_secret_name(name) else mask(value)


def mask_env(env: Mapping[str, str]) -> dict[str, str]:
    """An environment with its secrets masked."""
    return {name: mask_value(name, value) for name, value in env.items()}


def mask_line(line: str) -> str:
    """A shell line with the values of secret options and variables masked, too."""
    line = _OPTION.sub(lambda m: m[0] if not _is_secret_option(m[1]) else f"{m[1]}{m[2]}{MASK}", line)
    return mask(_ASSIGNMENT.sub(lambda m: f"{m[1]}={MASK}" if is_secret_name(m[1]) else m[0], line))


def mask_args(args: Sequence[str]) -> list[str]:
    """The words of a command with the values of secret options and assignments masked."""
    masked: list[str] = []
    for i, word in enumerate(args):
        name, equals, _ = word.partition("=")
        after_option = i > 0 and "=" not in args[i - 1] and _is_secret_option(args[i - 1])
        if after_option and not word.startswith("-"):
            masked.append(MASK)
        elif equals and is_secret_name(name.rstrip(":").lstrip("-")):
            masked.append(f"{name}={MASK}")
        else:
            masked.append(mask(word))
    return masked


def _is_secret_option(word: str) -> bool:
    return word.startswith("-") and is_secret_name(word.lstrip("-"))
