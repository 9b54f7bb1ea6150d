"""Masks secrets in text that is about to be stored, by the names of the values and by the shapes of known tokens."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence

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
_HARMLESS_AFTER_SECRET = frozenset("santa sauce garden agent sharing word words number message society".split())
_SECRET_LAST_WORDS = frozenset("cookie cookies dsn".split())
_SECRET_LAST_WORDS_IN_CAPITALS = frozenset("auth pass pat sas".split())
"""Words that also have other meanings: their values are secret unless `_HARMLESS_VALUE` matches."""
_HARMLESS_VALUE = r"(?i)[0-9.]{1,4}|none|null|true|false|yes|no|on|off|auto|default|basic|required|optional"
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

# 20 letters and digits in a row, at least one of each, and what follows: no path of words is like that
_RANDOM = r"(?=[A-Za-z]{0,99}[0-9])(?=[0-9]{0,99}[A-Za-z])[A-Za-z0-9]{20}[A-Za-z0-9_\-]*"

# (texts to search first, the pattern). A pattern is compiled on first use: most text has none of these
_TOKEN_SHAPES = (
    (("AKIA", "ASIA", "AGPA", "AROA", "AIDA"), r"\b(?:AKIA|ASIA|AGPA|AROA|AIDA)[A-Z0-9]{16}\b"),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"\bgh[pousr]_[A-Za-z0-9]{30,}\b"),
    (("github_pat_",), r"\bgithub_pat_[A-Za-z0-9_]{20,}\b"),
    (("gl",), r"\bgl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_\-]{16,}"),
    (("hf_",), r"\bhf_[A-Za-z0-9]{20,}\b"),
    (("sk-",), r"\bsk-(?:(?:ant|proj|svcacct|admin|or)-[A-Za-z0-9_\-]{20,}|" + _RANDOM + r")"),
    (("xox",), r"\bxox[abeoprs]-[A-Za-z0-9\-]{10,}"),
    (("xapp-",), r"\bxapp-[0-9]-[A-Za-z0-9\-]{10,}"),
    (("hooks.slack.com",), r"(?<=hooks\.slack\.com/services/)[A-Za-z0-9/]{20,}"),
    (("AIza",), r"\bAIza[A-Za-z0-9_\-]{35}"),
    (("GOCSPX-", "xai-", "pplx-"), r"\b(?:GOCSPX|xai|pplx)-[A-Za-z0-9_\-]{20,}"),
    (("hvs.", "hvb.", "hvr."), r"\bhv[sbr]\.[A-Za-z0-9_\-]{20,}"),
    (("dapi",), r"\bdapi[0-9a-f]{32}"),
    (("ntn_", "lin_api_", "api_org_"), r"\b(?:ntn|lin_api|api_org)_[A-Za-z0-9]{20,}\b"),
    (("shp",), r"\bshp(?:at|ca|pa|ss)_[0-9A-Za-z]{20,}\b"),
    (("fo1_", "fm1", "fm2_"), r"\b(?:fo1|fm1[ar]|fm2)_[A-Za-z0-9_\-+/=,]{20,}"),
    (("AGE-SECRET-KEY-1",), r"\bAGE-SECRET-KEY-1[0-9A-Za-z]{20,}"),
    (("/api/webhooks/",), r"(?<=/api/webhooks/)[0-9]{10,25}/[A-Za-z0-9_\-]{20,}"),
    ((".",), r"\b[MNO][A-Za-z0-9_\-]{22,28}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,}"),  # Discord
    ((":AA",), r"\b[0-9]{8,12}:AA[A-Za-z0-9_\-]{32,}"),  # Telegram
    (
        ("AccountKey=", "AccessKey=", "AccessSignature="),
        r"(?:(?<=AccountKey=)|(?<=AccessKey=)|(?<=AccessSignature=))[A-Za-z0-9+/%&=_.\-]{16,}",
    ),
    (("Q~",), r"(?<![A-Za-z0-9_~.\-])[A-Za-z0-9_~.\-]{3}[0-9]Q~[A-Za-z0-9_~.\-]{30,}"),  # Azure
    ((".atlasv1.",), r"\b[A-Za-z0-9]{10,20}\.atlasv1\.[A-Za-z0-9_\-]{20,}"),
    (("eyJhcGlf",), r"\beyJhcGlf[A-Za-z0-9+/_\-]{20,}={0,2}"),  # Neptune
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
# https://token@: a name of a person is shorter or has no digit
_URL_TOKEN = r"(?<=://)(?=[^\s/@:'\"0-9]{0,99}[0-9]|[^\s/@:'\"]{20})[^\s/@:'\"]{8,}@"
# ?token=abc
_URL_VALUE = r"(?<=[?&])([A-Za-z][\w\-]{0,49})=([^\s&'\"#]+)"
_VALUE = r"('[^']*'|\"[^\"]*\"|[^\s'\"]+)"
# --api-key abc, --api-key=abc
_OPTION = r"(?<![\w\-.])(--?[A-Za-z][\w\-.]{0,99})(=|\s{1,9})" + _VALUE
# API_KEY=abc
_ASSIGNMENT = r"(?<![\w\-.])([A-Za-z_][\w.\-]{0,99})=" + _VALUE
# api_key = "abc", "api_key": "abc", api_key: str = "abc"
_LITERAL = (
    r"(?<![\w.])([A-Za-z_][\w.\-]{0,99})"
    r"([\"']?\]?\s{0,9}(?::\s{0,9}[\w.]{1,40}\s{0,9}=|[=:])\s{0,9}[rbfu]?)"
    r"(\\?\"[^\"\n]{1,4000}\"|'[^'\n]{1,4000}')"
)
# a line of a file of settings or of a diff of one: API_KEY=abc, password: abc. A quoted value is a _LITERAL
_SETTING = (
    r"(?m)^([+\- ]?[ \t]{0,99}(?:- )?(?:(?:export|set|setx|ENV|ARG) )?[\"']?)([A-Za-z_][\w.\-]{0,99})"
    r"([\"']?[ \t]{0,9}[=:][ \t]{0,9})(?!\$\w+$|\$\{[^}\n]*\}$|\$\(|[|>{\[][+\-]?$)([^\s\"'\n][^\n]*)$"
)
# ENV API_KEY abc, in a Dockerfile
_DOCKER_SETTING = r"(?m)^([+\- ]?[ \t]{0,99}ENV )([A-Za-z_]\w{0,99})([ \t]{1,9})([^\n]+)$"
# {password: abc}
_INLINE_SETTING = r"(?<=[{,])([ \t]{0,9})([A-Za-z_][\w.\-]{0,99})(:[ \t]{1,9})([^\s,}\"'{\[][^,}\n]*)"
_CAPITAL_ASSIGNMENT = r"(?<![\w\-.])([A-Z][A-Z0-9_]{2,99})=" + _VALUE
_PROGRAM_SUFFIXES = frozenset(
    ".py .pyi .ipynb .r .rmd .jl .js .mjs .ts .c .cc .cpp .h .hpp .cu .rs .go .java .scala .lua".split()
)
"""Files in which an unquoted text behind a name is an expression and not a value."""

_SECRET_FILES = (
    r"\.env(?:\..*)?|\.envrc|[._]netrc|\.pgpass|\.my\.cnf|\.pypirc|\.npmrc|\.htpasswd|\.git-credentials|\.dockercfg"
    r"|\.vault-token|\.boto|\.s3cfg|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.*\.(?:pem|key|p12|pfx|pkcs12|jks|keystore|ppk"
    r"|kdbx)|credentials(?:\.(?:json|ini|toml|ya?ml))?|secrets?\.(?:json|ini|toml|ya?ml|env)|kaggle\.json"
    r"|(?:client_secret|service[_-]?account).*\.json"
)
_PUBLIC_FILES = (".example", ".sample", ".template", ".dist", ".defaults", ".pub")


def is_secret_name(name: str) -> bool:
    """Returns whether a variable, option or config value of this name holds a secret."""
    name = name.removeprefix("FLAG_").lower() if name.startswith("FLAG_") else name
    words = [word.lower() for word in re.findall(_NAME_WORD, name)]
    if not words or words[-1] in _DESCRIPTIVE_LAST_WORDS:
        return False
    if words[-1] in _HARMLESS_AFTER_SECRET and words[-2:-1] == ["secret"]:
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


def is_secret(name: str, value: str) -> bool:
    """Returns whether this is a secret: by its name, unless its value is an ordinary word that is none."""
    if not is_secret_name(name):
        return False
    words = [word.lower() for word in re.findall(_NAME_WORD, name)]
    return words[-1] not in _SECRET_LAST_WORDS_IN_CAPITALS or not re.fullmatch(_HARMLESS_VALUE, value)


def is_secret_file(path: str) -> bool:
    """Returns whether files of this name usually hold secrets, such as `.env`, `.netrc` or a private key."""
    name = path.rpartition("/")[2].lower()
    return re.fullmatch(_SECRET_FILES, name) is not None and not name.endswith(_PUBLIC_FILES)


def mask_text(text: str) -> str:
    """Returns the text with tokens of known shapes and secrets in URLs masked."""
    return _mask_shapes(text, _find_shapes(text))


def _find_shapes(text: str) -> list[str]:
    return [shape for marks, shape in _TOKEN_SHAPES if any(mark in text for mark in marks)]


def _mask_shapes(text: str, shapes: Iterable[str]) -> str:
    for shape in shapes:
        text = re.sub(shape, MASK, text)
    return _mask_urls(text) if "://" in text else text


def _mask_urls(text: str) -> str:
    if "@" in text:
        text = re.sub(_URL_TOKEN, f"{MASK}@", re.sub(_URL_PASSWORD, rf"\1:{MASK}@", text))
    if "=" in text:
        text = re.sub(_URL_VALUE, lambda m: f"{m[1]}={MASK}" if _is_secret_query(m[1], m[2]) else m[0], text)
    return text


def _is_secret_query(name: str, value: str) -> bool:
    return is_secret(name, value) or name.lower() in ("sig", "signature", "x-amz-signature", "x-goog-signature")


def mask_remote(url: str) -> str:
    """Returns the URL of a Git remote without what stands before its host, a name of a user or a token."""
    return mask_text(re.sub(r"(?<=^http://)[^/@:]+@|(?<=^https://)[^/@:]+@", f"{MASK}@", url))


def mask_value(name: str, value: str) -> str:
    """Returns the value of a variable or config value, masked as a whole if its name is a secret one."""
    return MASK if value and is_secret(name, value) else mask_text(value)


def mask_env(env: Mapping[str, str]) -> dict[str, str]:
    """Returns an environment with its secrets masked."""
    shapes = _find_shapes("\n".join(env.values()))
    return {
        name: MASK if value and is_secret(name, value) else _mask_shapes(value, shapes) for name, value in env.items()
    }


def mask_shell_line(line: str) -> str:
    """Returns a shell line with tokens and the values of secret options and variables masked."""
    if "-" in line:
        line = re.sub(_OPTION, lambda m: m[0] if not _is_secret_option(m[1]) else f"{m[1]}{m[2]}{MASK}", line)
    if "=" in line:
        line = re.sub(_ASSIGNMENT, _mask_assignment, line)
    return mask_text(line)


def _mask_assignment(match: re.Match[str]) -> str:
    return f"{match[1]}={MASK}" if is_secret(match[1], match[2]) else match[0]


def mask_source_code(text: str) -> str:
    """Returns source code, or a diff of it, with tokens and the strings assigned to secret names masked."""
    return mask_text(re.sub(_LITERAL, _mask_literal, text))


def _mask_literal(match: re.Match[str]) -> str:
    quote = match[3][:2] if match[3].startswith("\\") else '"'
    return f"{match[1]}{match[2]}{quote}{MASK}{quote}" if is_secret_name(match[1]) else match[0]


def mask_diff(diff: str) -> str:
    """Returns the diff of several files with their secrets masked: also values without quotes, outside of programs, and
    all lines of files that hold nothing else, such as a private key.
    """
    return "".join(map(_mask_file_diff, re.split(r"(?m)^(?=diff --git )", diff)))


def _mask_file_diff(diff: str) -> str:
    header, mark, hunks = diff.partition("\n@@")
    path = header.partition("\n")[0].removesuffix('"')
    return mask_text(header) + mark + mask_lines(hunks, path)


def mask_lines(text: str, path: str) -> str:
    """Returns lines of the file at `path`, or of a diff of it, with their secrets masked."""
    if is_secret_file(path) and "/.env" not in f"/{path}":
        text = re.sub(r"(?m)^([+\- ]?).+$", rf"\1{MASK}", text)
    elif os.path.splitext(path)[1].lower() not in _PROGRAM_SUFFIXES:
        text = _mask_settings(text)
    else:
        text = re.sub(_CAPITAL_ASSIGNMENT, _mask_assignment, text)
    return mask_source_code(text)


def _mask_settings(text: str) -> str:
    """Returns the diff of a file of settings or a shell script with secret values masked."""
    for pattern in (_SETTING, _DOCKER_SETTING, _INLINE_SETTING):
        text = re.sub(pattern, lambda m: f"{m[1]}{m[2]}{m[3]}{MASK}" if is_secret(m[2], m[4].strip()) else m[0], text)
    return "\n".join(line[:1] + mask_shell_line(line[1:]) for line in text.split("\n"))


def mask_args(args: Sequence[str]) -> list[str]:
    """Returns the arguments of a command with tokens and the values of secret options and assignments masked."""
    masked: list[str] = []
    for i, word in enumerate(args):
        name, equals, _ = word.partition("=")
        after_option = i > 0 and "=" not in args[i - 1] and _is_secret_option(args[i - 1])
        if after_option and not word.startswith("-"):
            masked.append(MASK)
        elif equals and " " not in name and is_secret(name.rstrip(":").lstrip("-"), word[len(name) + 1 :]):
            masked.append(f"{name}={MASK}")
        else:
            masked.append(mask_text(word))
    return masked


def _is_secret_option(word: str) -> bool:
    return word.startswith("-") and is_secret_name(word.lstrip("-"))
