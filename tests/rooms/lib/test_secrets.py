"""Secrets are detected by name and shape, and other values are not masked."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.lib.secrets import MASK, is_secret_name, mask_args, mask_env, mask_shell_line, mask_source_code, mask_text

SECRET = """
TOKEN HF_TOKEN hf_token GITHUB_TOKEN AUTH_TOKEN_2 slackToken SECRET CLIENT_SECRET client_secret SECRET_KEY_BASE
VAULT_SECRET_ID PASSWORD DB_PASSWORD PGPASSWORD_PASSWORD db-password MYSQL_PWD SMTP_PASS PASSPHRASE KEY OPENAI_API_KEY
openai.api_key apiKey openaiApiKey WANDB_API_KEY AWS_SECRET_ACCESS_KEY AWS_ACCESS_KEY_ID STRIPE_KEY PRIVATE_KEY
GOOGLE_APPLICATION_CREDENTIALS_JSON CREDENTIALS AZURE_STORAGE_CONNECTION_STRING SENTRY_DSN FLAG_API_KEY FTP_AUTH
SESSION_COOKIE
""".split()

HARMLESS = """
KEYBOARD TOKENIZERS_PARALLELISM PATH PWD OLDPWD HOME SSH_AUTH_SOCK XAUTHORITY max_tokens MAX_TOKENS num_tokens pad_token
eos_token pad_token_id tokenizer token_dim sort_key key monitor_key FLAG_SORT_KEY FLAG_LABEL_KEY SSH_KEY_PATH
PASSWORD_FILE CREDENTIALS_FILE AUTHOR author monkey hockey lr PASSES passes COMPASS bypass DONKEY keys compat PATTERN
GIT_AUTHOR_NAME secretary _
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
]


@pytest.mark.parametrize("token", TOKENS)
def test_masks_token_shapes(token):
    masked = mask_text(f"before {token}")
    assert masked == f"before {MASK}"


def test_masks_passwords_in_urls():
    assert mask_text("postgres://me:p@ss:w@host/db") == f"postgres://me:{MASK}@host/db"
    assert mask_text("https://:x@host") == f"https://:{MASK}@host"
    assert mask_text("http://host:80/a@b") == "http://host:80/a@b"
    assert mask_text("ssh://git@host/x.git") == "ssh://git@host/x.git"
    assert mask_text("curl -H 'Authorization: Bearer abcdefgh123'") == f"curl -H 'Authorization: Bearer {MASK}'"


def test_masks_an_environment():
    env = {"API_KEY": "abc", "EMPTY_TOKEN": "", "LANG": "C", "DB": "mysql://u:p@h/d"}
    assert mask_env(env) == {"API_KEY": MASK, "EMPTY_TOKEN": "", "LANG": "C", "DB": f"mysql://u:{MASK}@h/d"}


def test_masks_arguments():
    args = ["x", "--api-key", "abc", "--token=abc", "password=abc", "--password", "--lr", "0.1", "a key=b"]
    masked = ["x", "--api-key", MASK, f"--token={MASK}", f"password={MASK}", "--password", "--lr", "0.1", "a key=b"]
    assert mask_args(args) == masked


def test_masks_shell_lines():
    assert mask_shell_line("A_TOKEN='a b' run --password x --lr 1") == f"A_TOKEN={MASK} run --password {MASK} --lr 1"


def test_masks_source_code():
    code = """-api_key = "abc"\n+api_key: str = 'abcd'\n d["password"] = "x"\n sort_key = "a"\n {"token": "t"}\n"""
    masked = mask_source_code(code)
    assert masked.count(MASK) == 4
    assert 'sort_key = "a"' in masked


@given(st.text(max_size=200))
def test_accepts_any_text(text):
    mask_shell_line(text)
    mask_source_code(text)
    mask_args(text.split())
    is_secret_name(text)


def test_masks_hostile_text_quickly():
    for piece in ("://a:", "-----BEGIN PRIVATE KEY-----", "eyJaaaaaaaa.", "--a ", "a='", "a_" * 10 + "=", "bearer "):
        text = piece * (100_000 // len(piece))
        start = time.process_time()
        mask_shell_line(text)
        mask_source_code(text)
        assert time.process_time() - start < 20
