from __future__ import annotations

import pytest

HEAD, TAIL = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
BODY = "\nMIIEowIBAAKCAQEA7bq\nqx12\n"


@pytest.mark.parametrize(
    ("text", "secret", "detector"),
    [
        ("https://a.eu/?x=1&token=abc123def456&y", "abc123def456", "url_secret"),
        ("https://a.eu/;jsessionid=A1B2C3D4E5F6", "A1B2C3D4E5F6", "url_secret"),
        ("ftp://u:geheim@host.eu/x", "u:geheim", "url_password"),
        ("key AKIAIOSFODNN7ABCDEFG.", "AKIAIOSFODNN7ABCDEFG", "api_key"),
        ("ghp_" + "a1B2" * 9, "ghp_" + "a1B2" * 9, "api_key"),
        ("glpat-" + "a1B2_" * 4, "glpat-" + "a1B2_" * 4, "api_key"),
        ("xoxb-123456789012-abcDEF", "xoxb-123456789012-abcDEF", "api_key"),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln", None, "jwt"),
        (HEAD + BODY + TAIL, BODY, "private_key"),
    ],
)
def test_secrets_are_found_and_only_they(found, text, secret, detector):
    secret = secret or text.removeprefix("Bearer ")
    (match,) = [m for m in found(text) if m.type == "secret"]
    assert (text[match.start : match.end], match.detector) == (secret, detector)


@pytest.mark.parametrize(
    "text",
    [
        "https://a.eu/?page=12345678&lang=de",
        "https://a.eu/?key=deutsch",
        "https://a.eu/?token=example1234567",
        "AKIAEXAMPLE234567890",
        "https://example:abcdef@host.eu",
        "the token = abc123def456",
        "20210204STO97129",
        HEAD + "\nEXAMPLEabcdefghijk\n" + TAIL,
    ],
)
def test_other_parameters_and_words_are_left(found, text):
    assert [m for m in found(text) if m.type == "secret"] == []
