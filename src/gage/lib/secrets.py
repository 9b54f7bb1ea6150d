"""Masks secrets in text that is about to be stored, by the names of the values and by the shapes of known tokens."""

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
_SECRET_WORD_ENDS = ("password", "passwd", "passphrase", "apikey", "authtoken", "secretkey")
"""Ends of words that are secret, such as `PGPASSWORD`."""
_SECRET_PASS_KINDS = frozenset(
    "db database user admin root smtp mail email imap ftp sftp ssh login mysql pg postgres postgresql redis mongo"
    " rabbit ldap proxy http basic auth".split()
)
"""Words before `pass` that make it a password: `db_pass`, not `forward_pass`."""
_SECRET_KEY_KINDS = frozenset(
    "api access private secret auth encryption signing account storage license licence ssh deploy service master client"
    " admin app subscription shared ssl tls pgp gpg hmac"
    " hf huggingface openai anthropic wandb comet neptune clearml gemini mistral cohere groq together replicate kaggle"
    " langsmith pinecone stripe sendgrid twilio github gitlab google gcp aws azure deepseek fireworks roboflow".split()
)
"""Words before `key` that make it a secret: kinds of keys, and services that have one."""
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
_OPTION = r"(?<![\w\-.])(--?[A-Za-z][\w\-.]{0,99})(=|\s{1,9}(?!-))" + _VALUE
# -u bob:abc, --user=bob:abc; not the -u 1000:1000 of Docker
_USER_OPTION = (
    r"(?<![\w\-.])((?:-u|--user|--proxy-user|-U)(?:=|\s{0,9})[\"']?(?!\d+:\d+\b)[\w.@+\-]{1,99}:)([^\s\"'/$][^\s\"']*)"
)
# mysql -pabc, sshpass -p abc
_PROGRAM_PASSWORD = (
    r"(\b(?:(?:mysql|mariadb)\w{0,9}(?:-\w{1,9})?\s(?:[^\n|;&]{0,300}?\s)?-p(?=\S)|sshpass\s{1,9}-p\s{0,9}))"
    r"('[^']*'|\"[^\"]*\"|[^\s'\"]+)"
)
# X-Api-Key: abc, X-Api-Key:abc, Authorization: Token abc
_HEADER = (
    r"(?:(?<=[\"'])|(?<=-H)|(?<=-H )|(?<=--header[ =]))([A-Za-z][\w\-]{0,60})(:[ \t]{0,9})"
    r"((?:(?:[Bb]earer|[Bb]asic|[Tt]oken|[Dd]igest|[Aa]pi[Kk]ey)[ \t]{1,9})?)"
    r"(?!(?:[Bb]earer|[Bb]asic|[Tt]oken) )([^\s\"'\\$][^\s\"'\\]*)"
)
# API_KEY=abc
_ASSIGNMENT = r"(?<![\w\-.])([A-Za-z_][\w.\-]{0,99})=" + _VALUE
# to the next text, also on the next line of a diff
_GAP = r"[ \t]{0,99}(?:\n[+\- ]?[ \t]{0,99})?"
_TEXT = r"[rbfuRBFU]{0,2}(?:\\?\"[^\"\n]{1,4000}\"|'[^'\n]{1,4000}')"
# "abc" "def", ["abc", "def"], ("abc"\n "def"), """abc"""
_TEXTS = (
    r"([rbfuRBFU]{0,2}(?:\"\"\"(?:(?!\"\"\")[\s\S]){1,4000}(?:\"\"\")?|'''(?:(?!''')[\s\S]){1,4000}(?:''')?)"
    rf"|{_TEXT}(?:[ \t]{{0,9}}\+?[ \t]{{0,9}}{_TEXT}){{0,99}}"
    rf"|[\[(]{_GAP}{_TEXT}(?:[ \t]{{0,9}},?{_GAP}{_TEXT}){{0,99}})"
)
# api_key = "abc", "api_key": "abc", api_key: str = "abc"
_LITERAL = (
    r"(?<![\w.])([A-Za-z_][\w.\-]{0,99})"
    r"(\\?[\"']?\]?\s{0,9}(?::\s{0,9}[\w.]{1,40}\s{0,9}=|[=:])" + _GAP + ")" + _TEXTS
)
# setdefault("API_KEY", "abc"), add_argument("--password", default="abc")
_ARGUMENT = (
    r"(?<=[\"'])(?:--?)?([A-Za-z_][\w.\-]{0,99})"
    r"((?<!\\)[\"'](?:[ \t]{0,9},[^()]{0,300}?\bdefault[ \t]{0,9}=)" + _GAP + ")" + _TEXTS
)
_CALL = r"(?<=\()([rbfu]?[\"'])([A-Za-z_][\w.\-]{0,99})([\"'],[ \t]{0,9})" + _TEXTS
# password: |, and a key without a value, in YAML
_BLOCK = (
    r"([+\- ]?)([ \t]*(?:- )?)[\"']?([A-Za-z_][\w.\-]{0,99})[\"']?[ \t]*:[ \t]*([|>][+\-0-9]*)?"
    r"[ \t]*(?:#.*)?"
)
# name: abc
_BLOCK_SETTING = r"\s*(?:- )?[\"']?[\w.\-]+[\"']?\s*:(?:\s|$)"
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


MIN_ENV_SECRET = 8
"""Shorter values of variables, such as `dev`, are ordinary words that may occur elsewhere."""


def is_secret_name(name: str) -> bool:
    """Returns whether a variable, option or config value of this name holds a secret."""
    name = name.removeprefix("FLAG_").lower() if name.startswith("FLAG_") else name
    words = [word.lower() for word in re.findall(_NAME_WORD, name)]
    if not words or words[-1] in _DESCRIPTIVE_LAST_WORDS:
        return False
    if words[-1] in _HARMLESS_AFTER_SECRET and words[-2:-1] == ["secret"]:
        return False
    if (
        not _SECRET_WORDS.isdisjoint(words)
        or any(word.endswith(_SECRET_WORD_ENDS) for word in words)
        or "connection string" in " ".join(words)
    ):
        return True
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if last == "id" and before == "key":
        return len(words) > 2 and words[-3] in _SECRET_KEY_KINDS
    if last == "token":
        return before not in _PLAIN_TOKEN_KINDS
    if last == "key":
        return before in _SECRET_KEY_KINDS or (name.isupper() and before not in _PLAIN_KEY_KINDS)
    if last == "pwd":
        return bool(before) or name.islower()
    if last == "pass" and before in _SECRET_PASS_KINDS:
        return True
    return last in _SECRET_LAST_WORDS or (name.isupper() and last in _SECRET_LAST_WORDS_IN_CAPITALS)


def is_secret(name: str, value: str) -> bool:
    """Returns whether this is a secret: by its name, unless its value is an ordinary word that is none."""
    if name.lower().endswith("authorization"):
        return " " in value.strip()
    if not is_secret_name(name):
        return False
    if name == "pwd":
        return not value.startswith(("/", ".", "~", "$"))
    words = [word.lower() for word in re.findall(_NAME_WORD, name)]
    return words[-1] not in _SECRET_LAST_WORDS_IN_CAPITALS or not re.fullmatch(_HARMLESS_VALUE, value)


def is_secret_in_env(value: str, env: Mapping[str, str]) -> bool:
    """Returns whether a variable with a secret name has this value, which is longer than an ordinary word."""
    is_long = len(value) >= MIN_ENV_SECRET
    return is_long and any(value == each and is_secret(name, each) for name, each in env.items())


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
    """Returns a shell line with tokens and the values of secret options, variables and headers masked."""
    if "-" in line:
        line = re.sub(_OPTION, lambda m: m[0] if not _is_secret_option(m[1], m[3]) else f"{m[1]}{m[2]}{MASK}", line)
        if ":" in line:
            line = re.sub(_USER_OPTION, rf"\1{MASK}", line)
        if "sshpass" in line or "mysql" in line or "mariadb" in line:
            line = re.sub(_PROGRAM_PASSWORD, rf"\1{MASK}", line)
    if "=" in line:
        line = re.sub(_ASSIGNMENT, _mask_assignment, line)
    if ":" in line:
        line = re.sub(_HEADER, _mask_header, line)
        line = re.sub(_LITERAL, _mask_literal, line)
    if "{" in line:
        line = re.sub(_INLINE_SETTING, _mask_setting, line)
    return mask_text(line)


def _mask_header(match: re.Match[str]) -> str:
    is_marked = match[2] != ":" or "-" in match[1]
    return f"{match[1]}{match[2]}{match[3]}{MASK}" if is_marked and _is_secret_header(match[1]) else match[0]


def _is_secret_header(name: str) -> bool:
    return name.lower() in ("authorization", "proxy-authorization") or is_secret_name(name)


def find_secret_values(config: Mapping[str, object], env: Mapping[str, str]) -> list[str]:
    """Returns the texts of the secret values of a config, as they may be inserted in a command, the longest first.

    `env` is the environment, from which programs take defaults: see `is_secret_in_env`.
    """
    items = [(name, text) for name, value in config.items() for text in _list_texts(value)]
    texts = [value for name, value in items if is_secret(name, value) or is_secret_in_env(value, env)]
    texts = [text for text in texts if text and not re.fullmatch(_HARMLESS_VALUE, text)]
    return sorted({*texts, *map(shlex.quote, texts)}, key=len, reverse=True)


def _list_texts(value: object) -> list[str]:
    """Returns the texts in a config value: of lists and tables those of their items."""
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _list_texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _list_texts(item)]
    return [] if value is None else [str(value)]


def mask_secret_values(text: str, values: Iterable[str]) -> str:
    """Returns a text with secret values masked: those of less than 4 characters where they are a whole word."""
    for value in values:
        escaped = re.escape(value)
        text = re.sub(escaped if len(value) >= 4 else rf"(?<!\S){escaped}(?!\S)", MASK, text)
    return text


def _mask_assignment(match: re.Match[str]) -> str:
    return f"{match[1]}={MASK}" if is_secret(match[1], match[2]) else match[0]


def mask_source_code(text: str) -> str:
    """Returns source code, or a diff of it, with tokens and the strings assigned to secret names masked."""
    text = re.sub(_LITERAL, _mask_literal, text)
    if "default" in text:
        text = re.sub(_ARGUMENT, _mask_literal, text)
    text = re.sub(_CALL, lambda m: f"{m[1]}{m[2]}{m[3]}{_mask_texts(m[4])}" if is_secret_name(m[2]) else m[0], text)
    return mask_text(text)


def _mask_literal(match: re.Match[str]) -> str:
    if not is_secret(match[1], match[3].strip("\"'")):
        return match[0]
    return match[0].removesuffix(match[3]) + _mask_texts(match[3])


def _mask_texts(texts: str) -> str:
    """Returns one masked text in place of texts, with their bracket and as many lines as before."""
    bracket = texts[0] if texts[0] in "([" else ""
    quote = '\\"' if "\\" in texts[:2] else '"'
    lines = "".join(re.findall(r"\n[+\- ]?", texts))
    return f"{bracket}{quote}{MASK}{quote}{lines}"


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
    text = re.sub(_LITERAL, _mask_literal, text)
    for pattern in (_SETTING, _DOCKER_SETTING, _INLINE_SETTING):
        text = re.sub(pattern, _mask_setting, text)
    return "\n".join(line[:1] + mask_shell_line(line[1:]) for line in _mask_blocks(text.split("\n")))


def _mask_setting(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}{match[3]}{MASK}" if is_secret(match[2], match[4].strip()) else match[0]


def _mask_blocks(lines: Iterable[str]) -> Iterator[str]:
    """Yields lines, those of blocks of text below a secret name of YAML masked (`api_key: |`), and texts and items of
    lists below one without a value.
    """
    depth, is_text = -1, False
    for line in lines:
        rest = line[1:] if line[:1] in ("+", "-", " ") else line
        indent = len(rest) - len(rest.lstrip())
        if depth >= 0 and rest.strip() and indent + rest.lstrip().startswith("- ") > depth:
            is_setting = re.match(_BLOCK_SETTING, rest)
            yield line if is_setting and not is_text else line[: len(line) - len(rest) + indent] + MASK
            continue
        if rest.strip():
            block = re.fullmatch(_BLOCK, line if line[:1] in ("+", "-", " ") else " " + line)
            depth = len(block[2]) if block and is_secret_name(block[3]) else -1
            is_text = bool(block and block[4])
        yield line


def mask_args(args: Sequence[str]) -> list[str]:
    """Returns the arguments of a command with tokens and the values of secret options and assignments masked."""
    masked: list[str] = []
    for i, word in enumerate(args):
        name, equals, _ = word.partition("=")
        before = args[i - 1] if i else ""
        if "=" not in before and not word.startswith("-") and _is_secret_option(before, word):
            masked.append(MASK)
        elif equals and " " not in name and is_secret(name.rstrip(":").lstrip("-"), word[len(name) + 1 :]):
            masked.append(f"{name}={MASK}")
        elif re.match(r"-u$|-U$|--user$|--proxy-user$|sshpass$|-p$", before) or word.startswith(("-p", "-u")):
            masked.append(_mask_short_option(args[0], before, word))
        else:
            masked.append(_mask_word(word))
    return masked


def _mask_short_option(program: str, before: str, word: str) -> str:
    """Returns a word that may be, or follow, an option with a password: `-u bob:abc`, `-pabc` of mysql."""
    program = os.path.basename(program)
    prefix = f"{program} " if word.startswith("-") else f"{program} {before} "
    masked = mask_shell_line(prefix + word)
    return masked.removeprefix(prefix) if masked.startswith(prefix) else _mask_word(word)


def _mask_word(word: str) -> str:
    """Returns a word of a command, masked as a line of a shell if it is one, a header or an object of JSON."""
    header = re.fullmatch(r"([A-Za-z][\w\-]{0,60}):[ \t]+(?:\w+[ \t]+)?(\S[^\n]*)", word)
    if header and _is_secret_header(header[1]):
        return word[: header.start(2)] + MASK
    return mask_shell_line(word) if re.search(r"[\s:{\"]", word) else mask_text(word)


def _is_secret_option(word: str, value: str) -> bool:
    return word.startswith("-") and is_secret(word.lstrip("-"), value)
