"""Masks secrets in text that is about to be stored, by the names of the values and by the shapes of known tokens."""

import re
from collections.abc import Mapping, Sequence

MASK = "********"

# the words of apiKey, API_KEY, HTTPProxy
_NAME_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+"
_SECRET_WORDS = frozenset(
    "secret secrets password passwords passwd passphrase credential credentials apikey authtoken accesskey privatekey"
    " secretkey accesstoken".split()
)
"""Words that make a name secret at any place in it, unless its last word is a descriptive one (`password_file`)."""
_DESCRIPTIVE_LAST_WORDS = frozenset(
    "file files path dir folder name user username type ttl timeout length len size policy count limit enabled"
    " expiry hint field column".split()
)
_SECRET_LAST_WORDS = frozenset("cookie cookies dsn".split())
_SECRET_LAST_WORDS_IN_CAPITALS = frozenset("auth pass pat sas".split())
_SECRET_KEY_KINDS = frozenset(
    "api access private secret auth encryption signing account storage license licence ssh deploy service master client"
    " admin app subscription shared ssl tls pgp gpg hmac".split()
)
_PLAIN_KEY_KINDS = frozenset(
    "sort primary foreign public label group partition monitor metric input image text data dict cache target"
    " index batch feature column foreign host".split()
)
_PLAIN_TOKEN_KINDS = frozenset(
    "pad eos bos unk sep cls mask special stop start end image audio video additional decoder encoder new max min num"
    " first last next prev vocab context prompt oov per forced begin suppress text dummy".split()
)

# (texts to search first, the pattern). A pattern is compiled on first use: most text has none of these
_TOKEN_SHAPES = (
    (("AKIA", "ASIA", "AGPA", "AROA", "AIDA"), r"\b(?:AKIA|ASIA|AGPA|AROA|AIDA)[A-Z0-9]{16}\b"),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{30,}\b"),
    (("github_pat_",), r"\bgithub_pat_[A-Za-z0-9_]{20,}\b"),
    (("glpat-",), r"\bglpat-[A-Za-z0-9_\-]{20,}"),
    (("hf_",), r"\bhf_[A-Za-z0-9]{20,}\b"),
    (("sk-",), r"\bsk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_\-]{20,}"),
    (("xox",), r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,}"),
    (("xapp-",), r"\bxapp-[0-9]-[A-Za-z0-9\-]{10,}"),
    (("hooks.slack.com",), r"(?<=hooks\.slack\.com/services/)[A-Za-z0-9/]{20,}"),
    (("AIza",), r"\bAIza[A-Za-z0-9_\-]{35}"),
    (("ya29.",), r"\bya29\.[A-Za-z0-9_\-]{20,}"),
    (("eyJ",), r"\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}"),
    (("pypi-", "npm_", "dop_v1_", "SG."), r"\b(?:pypi-|npm_|dop_v1_|SG\.)[A-Za-z0-9_\-.]{16,}"),
    (("k_live_", "whsec_"), r"\b(?:[rs]k_live_|whsec_)[A-Za-z0-9_\-.]{16,}"),
    (("dckr_pat_", "r8_", "nvapi-", "gsk_"), r"\b(?:dckr_pat_|r8_|nvapi-|gsk_)[A-Za-z0-9_\-.]{16,}"),
    (("earer ",), r"(?<=[Bb]earer )[A-Za-z0-9_\-.=+/]{8,}"),
    (("asic ",), r"(?<=[Aa]uthorization: [Bb]asic )[A-Za-z0-9=+/]{4,}"),
    (
        ("PRIVATE KEY-----",),
        r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    ),
)
# ://user:password@
_URL_PASSWORD = r"(?<=://)([^\s/@:'\"]*):([^\s/'\"]+)@"
_VALUE = r"('[^']*'|\"[^\"]*\"|[^\s'\"]+)"
# --api-key abc, --api-key=abc
_OPTION = r"(?<![\w\-.])(--?[A-Za-z][\w\-.]{0,99})(=|\s{1,9})" + _VALUE
# API_KEY=abc
_ASSIGNMENT = r"(?<![\w\-.])([A-Za-z_][\w.\-]{0,99})=" + _VALUE
# api_key = "abc", "api_key": "abc", api_key: str = "abc"
_LITERAL = (
    r"(?<![\w.])([A-Za-z_][\w.\-]{0,99})"
    r"([\"']?\]?\s{0,9}(?::\s{0,9}[\w.]{1,40}\s{0,9}=|[=:])\s{0,9}[rbfu]?)"
    r"(\"[^\"\n]{1,4000}\"|'[^'\n]{1,4000}')"
)


def is_secret_name(name: str) -> bool:
    """Returns whether a variable, option or config value of this name holds a secret."""
    name = name.removeprefix("FLAG_").lower() if name.startswith("FLAG_") else name
    words = [word.lower() for word in re.findall(_NAME_WORD, name)]
    if not words or words[-1] in _DESCRIPTIVE_LAST_WORDS:
        return False
    if not _SECRET_WORDS.isdisjoint(words) or "connection string" in " ".join(words):
        return True
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if last == "id" and before == "key":
        return len(words) > 2 and words[-3] in _SECRET_KEY_KINDS
    if last == "token":
        return before not in _PLAIN_TOKEN_KINDS
    if last == "key":
        return before in _SECRET_KEY_KINDS or (name.isupper() and before not in _PLAIN_KEY_KINDS)
    if last == "pwd":
        return bool(before)
    return last in _SECRET_LAST_WORDS or (name.isupper() and last in _SECRET_LAST_WORDS_IN_CAPITALS)


def mask_text(text: str) -> str:
    """Returns the text with tokens of known shapes and passwords in URLs masked."""
    for marks, shape in _TOKEN_SHAPES:
        if any(mark in text for mark in marks):
            text = re.sub(shape, MASK, text)
    return re.sub(_URL_PASSWORD, rf"\1:{MASK}@", text) if "://" in text and "@" in text else text


def mask_value(name: str, value: str) -> str:
    """Returns the value of a variable or config value, masked as a whole if its name is a secret one."""
    return MASK if value and is_secret_name(name) else mask_text(value)


def mask_env(env: Mapping[str, str]) -> dict[str, str]:
    """Returns an environment with its secrets masked."""
    return {name: mask_value(name, value) for name, value in env.items()}


def mask_shell_line(line: str) -> str:
    """Returns a shell line with tokens and the values of secret options and variables masked."""
    if "-" in line:
        line = re.sub(_OPTION, lambda m: m[0] if not _is_secret_option(m[1]) else f"{m[1]}{m[2]}{MASK}", line)
    if "=" in line:
        line = re.sub(_ASSIGNMENT, lambda m: f"{m[1]}={MASK}" if is_secret_name(m[1]) else m[0], line)
    return mask_text(line)


def mask_source_code(text: str) -> str:
    """Returns source code, or a diff of it, with tokens and the strings assigned to secret names masked."""
    return mask_text(re.sub(_LITERAL, lambda m: f'{m[1]}{m[2]}"{MASK}"' if is_secret_name(m[1]) else m[0], text))


def mask_args(args: Sequence[str]) -> list[str]:
    """Returns the arguments of a command with tokens and the values of secret options and assignments masked."""
    masked: list[str] = []
    for i, word in enumerate(args):
        name, equals, _ = word.partition("=")
        after_option = i > 0 and "=" not in args[i - 1] and _is_secret_option(args[i - 1])
        if after_option and not word.startswith("-"):
            masked.append(MASK)
        elif equals and " " not in name and is_secret_name(name.rstrip(":").lstrip("-")):
            masked.append(f"{name}={MASK}")
        else:
            masked.append(mask_text(word))
    return masked


def _is_secret_option(word: str) -> bool:
    return word.startswith("-") and is_secret_name(word.lstrip("-"))
