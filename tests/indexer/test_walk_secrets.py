"""Secrets are hidden; what only looks like one is kept.

Every value here is made up at run time from parts, so that this file holds none itself.
"""

from __future__ import annotations

import base64
import hashlib

import pytest

from locant.indexer.walk.content import classify
from locant.indexer.walk.records import Content
from locant.indexer.walk.secrets import mask_secrets
from locant.types import LeftOut


def noise(size: int, seed: str = "seed") -> str:
    """Letters and digits without rhythm, always the same."""
    stream, count = "", 0
    while len(stream) < size:
        block = hashlib.sha512(f"{seed}{count}".encode()).digest()
        stream += base64.b64encode(block).decode().translate({43: None, 47: None, 61: None})
        count += 1
    return stream[:size]


def base32(size: int) -> str:
    return base64.b32encode(hashlib.sha512(b"aws").digest()).decode()[:size]


def private_key() -> str:
    body = "\n".join(noise(64, str(line)) for line in range(12))
    return f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{body}\n-----END RSA {'PRIVATE'} KEY-----"


TOKENS = {
    "aws": "AK" + "IA" + base32(16),
    "github": "gh" + "p_" + noise(36),
    "gitlab": "gl" + "pat-" + noise(20),
    "slack": "xo" + "xb-281903746512-590318274461-" + noise(24),
    "stripe": "sk_" + "live_" + noise(24),
    "google": "AI" + "za" + noise(35),
    "openai": "sk-" + "proj-" + noise(48),
    "anthropic": "sk-" + "ant-api03-" + noise(80),
    "sendgrid": "SG" + "." + noise(22) + "." + noise(43, "b"),
    "npm": "npm" + "_" + noise(36),
    "pypi": "pypi-" + "AgEI" + noise(80),
    "twilio": "SK" + hashlib.md5(b"twilio", usedforsecurity=False).hexdigest(),
    "jwt": "ey" + "J" + noise(30) + ".ey" + "J" + noise(60, "b") + "." + noise(43, "c"),
}


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_in_source_code_is_masked_and_the_rest_kept(kind: str) -> None:
    token = TOKENS[kind]
    data = f'import os\nclient = connect(value="{token}", retries=3)\nprint(client)\n'.encode()
    content = classify("client.py", data)
    assert isinstance(content, Content)
    assert content.text_utf8 == data.replace(token.encode(), b"*" * len(token))
    assert content.masked_lines == (2,)
    assert "masked in 1 lines" in content.notes[0]


@pytest.mark.parametrize("kind", sorted(set(TOKENS)))
def test_a_data_file_with_a_provider_token_is_left_out(kind: str) -> None:
    answer = classify("settings.yaml", f"name: x\nvalue: {TOKENS[kind]}\n".encode())
    assert isinstance(answer, LeftOut)
    assert answer.reason == "secret_content"
    assert TOKENS[kind] not in answer.detail


def test_a_private_key_is_masked_over_all_its_lines_and_the_text_keeps_its_shape() -> None:
    data = f'KEY = """{private_key()}"""\nx = 1\n'.encode()
    masked = mask_secrets(data)
    assert len(masked) == len(data)
    assert masked.count(b"\n") == data.count(b"\n")
    assert noise(64, "3").encode() not in masked
    assert masked.endswith(b"x = 1\n")


def test_a_private_key_in_data_leaves_the_file_out() -> None:
    answer = classify("key.json", ('{"key": "' + private_key().replace("\n", "\\n") + '"}').encode())
    assert isinstance(answer, LeftOut)


@pytest.mark.parametrize(
    "line",
    [
        "API_KEY = '{value}'",
        'secret_key: str = "{value}"',
        '  "client_secret": "{value}",',
        "config['auth_token'] = '{value}';",
        'let password = "{value}";',
        'String apiKey = "{value}";',
        "'api-key' => '{value}',",
    ],
)
def test_a_random_value_of_a_secret_setting_is_masked(line: str) -> None:
    value = noise(28)
    assert mask_secrets(line.format(value=value).encode()) == line.format(value="*" * 28).encode()


def test_a_password_in_a_connection_string_is_masked() -> None:
    password = noise(14)
    data = f'URL = "postgresql://admin:{password}@db.internal.corp:5432/app"\n'.encode()
    assert mask_secrets(data) == data.replace(password.encode(), b"*" * 14)


@pytest.mark.parametrize(
    "line",
    [
        "key = 'AKIAIOSFODNN7EXAMPLE'",
        "secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'",
        "password = 'changeme'",
        "password = 'correct horse battery staple'",
        "token = os.environ['GITHUB_TOKEN_FOR_RELEASES_2024']",
        "token = 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
        "api_key = '<YOUR-API-KEY-GOES-HERE-1234>'",
        "secret_key = '${SECRET_KEY_FROM_VAULT_2024}'",
        "token_hash = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'",
        "password_sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'",
        "token_id = '123e4567-e89b-12d3-a456-426614174000'",
        "TOKEN_PATTERN = '[A-Za-z0-9]{20,40}'",
        "secret_name = 'projects/my-project/secrets/database-v2'",
        "url = 'postgres://postgres:postgres@localhost:5432/db'",
        "url = 'mysql://user:password1@db.corp.net/app'",
        "url = 'https://user:{token}@github.com/a/b'",
        "if '-----BEGIN RSA PRIVATE KEY-----' in text:",
        "class AccessTokenAuthenticationBackend2FactorProvider: pass",
        "from tokenizers import Tokenizer as SecretTokenizerFactoryBean42",
        "commit = 'f3b5c2a1d4e6f7890a1b2c3d4e5f60718293a4b5'",
        "integrity = 'sha512-z8e+2Ww5cR8vJ1p3N7uQ0kL5mX9tB4yD6fG2hJ8aS0=='",
    ],
)
def test_examples_hashes_placeholders_and_expressions_are_kept(line: str) -> None:
    data = f"import os\n{line}\n".encode()
    assert mask_secrets(data) == data
    for path in ("a.py", "a.json", "a.md"):
        content = classify(path, data)
        assert isinstance(content, Content)
        assert content.text_utf8 == data


def test_a_registry_file_is_left_out_only_when_it_holds_a_token() -> None:
    harmless = classify(".npmrc", b"registry=https://registry.example.org/\n//r/:_authToken=${NPM_TOKEN}\n")
    assert isinstance(harmless, Content)
    holding = classify(".npmrc", f"//registry.example.org/:_authToken={TOKENS['npm']}\n".encode())
    assert isinstance(holding, LeftOut)


def test_masking_twice_changes_nothing_more() -> None:
    once = mask_secrets("\n".join(TOKENS.values()).encode())
    assert mask_secrets(once) == once
    assert all(token.encode() not in once for token in TOKENS.values())
