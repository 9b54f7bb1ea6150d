"""Secrets are detected by name and shape, and other values are not masked."""

import shlex
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.lib.secrets import (
    MASK,
    find_secret_values,
    is_secret_file,
    is_secret_name,
    mask_args,
    mask_diff,
    mask_env,
    mask_lines,
    mask_remote,
    mask_secret_values,
    mask_shell_line,
    mask_source_code,
    mask_text,
)

SECRET = """
TOKEN HF_TOKEN hf_token GITHUB_TOKEN AUTH_TOKEN_2 slackToken SECRET CLIENT_SECRET client_secret SECRET_KEY_BASE
VAULT_SECRET_ID PASSWORD DB_PASSWORD PGPASSWORD_PASSWORD db-password MYSQL_PWD SMTP_PASS PASSPHRASE KEY OPENAI_API_KEY
openai.api_key apiKey openaiApiKey WANDB_API_KEY AWS_SECRET_ACCESS_KEY AWS_ACCESS_KEY_ID STRIPE_KEY PRIVATE_KEY
GOOGLE_APPLICATION_CREDENTIALS_JSON CREDENTIALS AZURE_STORAGE_CONNECTION_STRING SENTRY_DSN FLAG_API_KEY FTP_AUTH
SESSION_COOKIE PGPASSWORD pwd db_pass smtpPass hf_key openai-key wandbKey
""".split()

HARMLESS = """
KEYBOARD TOKENIZERS_PARALLELISM PATH PWD OLDPWD HOME SSH_AUTH_SOCK XAUTHORITY max_tokens MAX_TOKENS num_tokens pad_token
eos_token pad_token_id tokenizer token_dim sort_key key monitor_key FLAG_SORT_KEY FLAG_LABEL_KEY SSH_KEY_PATH
PASSWORD_FILE CREDENTIALS_FILE AUTHOR author monkey hockey lr PASSES passes COMPASS bypass DONKEY keys compat PATTERN
GIT_AUTHOR_NAME secretary _ secret_santa secretSanta forward_pass first_pass
""".split()


@pytest.mark.parametrize("name", SECRET)
def test_detects_secret_names(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_accepts_harmless_names_that_resemble_secrets(name):
    assert not is_secret_name(name)


TOKENS = [
    "AKIA" + "ABCDEFGH12345678",
    "ghp_" + "a1" * 18,
    "github_pat_" + "a1_" * 10,
    "glpat-" + "a1" * 10,
    "hf_" + "aB" * 17,
    "sk-" + "a1" * 24,
    "sk-ant-api03-" + "a1" * 24,
    "xoxb-" + "1234567890-abc",
    "AIza" + "a" * 35,
    "eyJ" + "hbGciOiJ" + "." + "eyJzdWIiOiIx" + "." + "dBjftJeZ4CVP",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\ncut off",
    "gldt-" + "a1B" * 7,
    "glrt-" + "a1B" * 7,
    "GOCSPX-" + "a1-B" * 7,
    "hvs." + "CAESI" + "a1B" * 20,
    "dapi" + "0123456789abcdef" * 2,
    "xai-" + "a1B" * 20,
    "pplx-" + "a1b2" * 12,
    "ntn_" + "a1B" * 14,
    "shpat_" + "0123456789abcdef" * 2,
    "lin_api_" + "a1B" * 13,
    "fo1_" + "a1B-" * 10,
    "AGE-SECRET-KEY-1" + "QP0Z" * 14,
    "api_org_" + "aBc" * 11,
    "MTA5" + "aB1" * 7 + "." + "GabcD1" + "." + "a1B_" * 9,
    "123456789:AA" + "a1B-" * 8 + "x",
    "abc8Q~" + "a1B." * 8 + "xy",
    "a1b2c3d4e5f6g7.atlasv1." + "a1B" * 20,
    "eyJhcGlfYWRkcmVzcyI6" + "a1B" * 20 + "==",
]


@pytest.mark.parametrize("token", TOKENS)
def test_masks_token_shapes(token):
    masked = mask_text(f"before {token}")
    assert masked == f"before {MASK}"


def test_does_not_mask_paths_of_words():
    for text in (
        "/x/sk-model-checkpoint-2026-01-01-final",
        "task-sk-learning-rate-schedule-2026",
        "a.b.c",
        "xai-plots",
    ):
        assert mask_text(text) == text


def test_masks_parts_of_connection_strings():
    assert mask_text("AccountName=x;AccountKey=a1B2c3D4e5F6g7H8==;A=b") == f"AccountName=x;AccountKey={MASK};A=b"
    assert mask_text("https://x.net/a?sv=1&sig=a1%2Bb&sp=r") == f"https://x.net/a?sv=1&sig={MASK}&sp=r"
    assert mask_text("https://host/a?access_token=abc#x") == f"https://host/a?access_token={MASK}#x"
    hook = "https://discord.com/api/webhooks/"
    assert mask_text(hook + "123456789012345678/" + "aB1_" * 10) == hook + MASK


def test_masks_passwords_in_urls():
    assert mask_text("https://sEcReT3sEcReT3@host/a.git") == f"https://{MASK}@host/a.git"
    assert mask_text("https://sam@host/a.git") == "https://sam@host/a.git"
    assert mask_text("postgres://me:p@ss:w@host/db") == f"postgres://me:{MASK}@host/db"
    assert mask_text("https://:x@host") == f"https://:{MASK}@host"
    assert mask_text("http://host:80/a@b") == "http://host:80/a@b"
    assert mask_text("ssh://git@host/x.git") == "ssh://git@host/x.git"
    assert mask_text("curl -H 'Authorization: Bearer abcdefgh123'") == f"curl -H 'Authorization: Bearer {MASK}'"


def test_masks_an_environment():
    assert mask_env({"headers.Authorization": "Token abc"}) == {"headers.Authorization": MASK}
    env = {"API_KEY": "abc", "EMPTY_TOKEN": "", "LANG": "C", "DB": "mysql://u:p@h/d"}
    assert mask_env(env) == {"API_KEY": MASK, "EMPTY_TOKEN": "", "LANG": "C", "DB": f"mysql://u:{MASK}@h/d"}


def test_masks_arguments():
    args = ["x", "--api-key", "abc", "--token=abc", "password=abc", "--password", "--lr", "0.1", "a key=b"]
    masked = ["x", "--api-key", MASK, f"--token={MASK}", f"password={MASK}", "--password", "--lr", "0.1", "a key=b"]
    assert mask_args(args) == masked


def test_masks_shell_lines():
    assert mask_shell_line("A_TOKEN='a b' run --password x --lr 1") == f"A_TOKEN={MASK} run --password {MASK} --lr 1"


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        (["sh", "-c", "curl -u bob:abc --password abc"], ["sh", "-c", "curl -u bob:* --password *"]),
        (["curl", "-u", "bob:abc", "x"], ["curl", "-u", "bob:*", "x"]),
        (["curl", "--header", "X-Api-Key: abc"], ["curl", "--header", "X-Api-Key: *"]),
        (["curl", "-H", "Authorization: Token abc"], ["curl", "-H", "Authorization: Token *"]),
        (["curl", "-d", '{"api_key":"abc", "a": 1}'], ["curl", "-d", '{"api_key":"*", "a": 1}']),
        (["mysql", "-uroot", "-pabc", "--password", "-x"], ["mysql", "-uroot", "-p*", "--password", "-x"]),
        (["sshpass", "-p", "abc", "ssh", "h"], ["sshpass", "-p", "*", "ssh", "h"]),
        (["docker", "run", "-u", "1000:1000", "-p8080:80"], ["docker", "run", "-u", "1000:1000", "-p8080:80"]),
        (["python", "-u", "x.py", "-p", "3", "--pwd", "/x"], ["python", "-u", "x.py", "-p", "3", "--pwd", "/x"]),
        (
            ["x", "http://a:80/b", "data:train", "a: b", "{lr: 1}"],
            ["x", "http://a:80/b", "data:train", "a: b", "{lr: 1}"],
        ),
    ],
)
def test_masks_secrets_inside_of_arguments(words, masked):
    assert mask_args(words) == [word.replace("*", MASK) for word in masked]


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("curl -u bob:abc http://x", "curl -u bob:* http://x"),
        ("mysql -pabc --password abc", "mysql -p* --password *"),
        ("mysql -h h -p'a b' db", "mysql -h h -p* db"),
        ("sshpass -p abc ssh x", "sshpass -p * ssh x"),
        ("curl -H 'X-Api-Key: abc' -H X-Auth-Token:abc", "curl -H 'X-Api-Key: *' -H X-Auth-Token:*"),
        ('curl -H "Authorization: Bearer $TOKEN"', 'curl -H "Authorization: Bearer $TOKEN"'),
        ("export PGPASSWORD=abc", "export PGPASSWORD=*"),
        ("-pSecret3 --password abc", "-pSecret3 --password *"),
    ],
)
def test_masks_secrets_of_shell_lines(line, masked):
    assert mask_shell_line(line) == masked.replace("*", MASK)


def test_masks_known_values():
    values = find_secret_values({"password": "it's abc", "api_key": "x1", "token": None, "secret": True, "lr": 1}, {})
    assert mask_secret_values("a x1 ax1 " + shlex.quote("it's abc") + " it's abc True 1", values) == (
        f"a {MASK} ax1 {MASK} {MASK} True 1"
    )


def test_masks_source_code():
    code = """-api_key = "abc"\n+api_key: str = 'abcd'\n d["password"] = "x"\n sort_key = "a"\n {"token": "t"}\n"""
    masked = mask_source_code(code)
    assert masked.count(MASK) == 4
    assert 'sort_key = "a"' in masked


def test_remote_keeps_no_user_of_https():
    assert mask_remote("https://mytoken@host/a.git") == f"https://{MASK}@host/a.git"
    assert mask_remote("https://me:mytoken@host/a.git") == f"https://me:{MASK}@host/a.git"
    assert mask_remote("git@host:me/a.git") == "git@host:me/a.git"
    assert mask_remote("ssh://git@host/a.git") == "ssh://git@host/a.git"


@pytest.mark.parametrize(("name", "value"), [("AUTH", "none"), ("PASS", "2"), ("PAT", "3"), ("SMTP_AUTH", "False")])
def test_keeps_values_that_are_no_secrets(name, value):
    assert mask_env({name: value}) == {name: value}
    assert mask_args([f"{name}={value}"]) == [f"{name}={value}"]
    assert mask_shell_line(f"{name}={value} run") == f"{name}={value} run"
    assert mask_env({name: "x" + value * 3}) == {name: MASK}


DIFF = """diff --git a/{path} b/{path}
--- a/{path}
+++ b/{path}
@@ -1,2 +1,2 @@
 lr: 1
-{line}
+{line}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (".env", "API_KEY=sEcReT"),
        (".env", "export API_KEY=sEcReT"),
        ("c.yaml", "password: sEcReT and more"),
        ("c.yaml", "  - api_key: sEcReT"),
        ("c.yaml", "db: {user: me, password: sEcReT, port: 1}"),
        ("c.ini", "password = sEcReT"),
        ("c.properties", "db.password=sEcReT"),
        ("c.json", '"password": "sEcReT",'),
        ("c.toml", "password = 'sEcReT'"),
        ("x.sh", "LR=1 API_KEY=sEcReT python t.py --token sEcReT"),
        ("Dockerfile", "ENV API_KEY sEcReT"),
        ("Dockerfile", "ARG API_KEY=sEcReT"),
        (".netrc", "machine x login y password sEcReT"),
        ("keys/id_rsa", "sEcReT"),
        ("a.pem", "sEcReT"),
        ("x.ipynb", '"api_key = \\"sEcReT\\"\\n"'),
        ("x.py", "# API_KEY=sEcReT python x.py"),
        ("x.py", "api_key = 'sEcReT'"),
        ("c.yaml", "pwd: sEcReT"),
        ("c.yaml", "  db_pass: sEcReT"),
        ("run.sh", "export PGPASSWORD=sEcReT"),
        ("run.sh", "mysql -psEcReT --password sEcReT"),
        ("run.sh", "curl -u bob:sEcReT -H 'X-Api-Key: sEcReT' x"),
        ("run.sh", "sshpass -p sEcReT ssh x"),
        ("x.json", '"secrets": ["sEcReT", "sEcReT"],'),
        ("x.py", 'os.environ.setdefault("API_KEY", "sEcReT")'),
        ("x.py", 'os.putenv("API_KEY","sEcReT")'),
        ("x.py", 'p.add_argument("--password", type=str, default="sEcReT")'),
        ("x.py", 'h = {"Authorization": "Token sEcReT", "X-Api-Key": f"sEcReT"}'),
        ("x.py", 'PASSWORD = """sEcReT and more"""'),
        ("x.py", 'api_key = "sEcReT" "sEcReT"'),
        ("x.ipynb", '"{\\"password\\": \\"sEcReT\\"}"'),
        (".gitmodules", "url = https://sEcReT1sEcReT@host/x.git"),
    ],
)
def test_masks_secrets_in_a_diff(path, line):
    masked = mask_diff(DIFF.format(path=path, line=line))
    assert "sEcReT" not in masked
    assert masked.count(MASK) >= 2
    assert f"+++ b/{path}\n@@" in masked


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("c.yaml", "api_key: |\n  sEcReT\n\n  sEcReT: x"),
        ("c.yaml", "  - secret: >-\n      sEcReT\n      sEcReT"),
        ("c.yaml", "password:\n  sEcReT"),
        ("c.yaml", 'passwords:\n- sEcReT\n- "sEcReT"'),
        ("c.json", '{"password":\n  "sEcReT", "secrets": [\n  "sEcReT",\n "sEcReT"]}'),
        ("x.py", 'API_KEY = ("sEcReT"\n   "sEcReT")'),
        ("x.py", 'PASSWORD = """sEcReT\nsEcReT"""'),
        ("x.py", 'p.add_argument("--token", type=str,\n    default="sEcReT")'),
    ],
)
def test_masks_secrets_on_several_lines_of_a_diff(path, lines):
    text = "".join(f"+{line}\n" for line in f"a: 1\n{lines}\nlr: 1".split("\n"))
    masked = mask_diff(f"diff --git a/{path} b/{path}\n--- a\n+++ b\n@@ -1 +1 @@\n{text}")
    assert "sEcReT" not in masked and MASK in masked
    assert masked.endswith("\n+lr: 1\n")
    assert masked.count("\n") == text.count("\n") + 4


def test_keeps_settings_below_a_name_of_a_secret():
    text = "@@\n+password:\n+  min_length: 8\n+lr: 1\n"
    assert mask_lines(text, "c.yaml") == text


def test_keeps_the_rest_of_a_diff():
    for path, line in (
        ("x.py", "token = tokenizer.next(token=token)"),
        ("c.yaml", "sort_key: name"),
        ("c.yaml", "password: $DB_PASSWORD"),
        ("x.sh", "API_KEY=$(cat key) python t.py lr=1"),
    ):
        diff = DIFF.format(path=path, line=line)
        assert mask_diff(diff) == diff or "$(cat" in line


def test_knows_files_that_hold_secrets():
    for name in (".env", "a/.env.local", ".netrc", "id_rsa", "x/id_ed25519", "a.pem", "TLS.KEY", "kaggle.json"):
        assert is_secret_file(name)
    for name in ("env.py", ".env.example", "id_rsa.pub", "key.py", "keys.txt", "train.env", "secrets.py", "t.json"):
        assert not is_secret_file(name)


@given(st.text(max_size=200))
def test_accepts_any_text(text):
    mask_shell_line(text)
    mask_source_code(text)
    mask_diff(text)
    mask_args(text.split())
    is_secret_name(text)


def test_masks_hostile_text_quickly():
    for piece in (
        "://a:",
        "-----BEGIN PRIVATE KEY-----",
        "eyJaaaaaaaa.",
        "--a ",
        "a='",
        "a_" * 10 + "=",
        "bearer ",
        "sk-a",
        "{a: b,",
        "N_",
    ):
        text = piece * (100_000 // len(piece))
        start = time.process_time()
        mask_shell_line(text)
        mask_source_code(text)
        mask_diff(text)
        assert time.process_time() - start < 20
