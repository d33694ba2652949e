from __future__ import annotations

import pytest

from eurosift.stages.pii.surrogates import surrogate

HEAD, TAIL = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
PGP = "-----BEGIN PGP PRIVATE KEY BLOCK-----"
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
        ("SG." + "a1B2_" * 4 + "xy." + "Q" * 43, "SG." + "a1B2_" * 4 + "xy." + "Q" * 43, "api_key"),
        ("https://a.eu/?X-Amz-Signature=" + "0a1b" * 16, "0a1b" * 16, "url_secret"),
        ("https://a.eu/?sas=abc123def456", "abc123def456", "url_secret"),
        ("https://a.eu/?session_id=abc123def456", "abc123def456", "url_secret"),
        ("https://a.eu/?mail_unsubscribe_token=abc123def456", "abc123def456", "url_secret"),
        ("https://a.eu/?secret-key=abc123def456", "abc123def456", "url_secret"),
        ("x;AccountKey=" + "a1B/" * 20 + "==;y", "a1B/" * 20 + "==", "url_secret"),
        ("https://a.eu/?user_password=geheim&x", "geheim", "url_secret"),
        ("redis://:geheim@host.eu:6379", ":geheim", "url_password"),
        ("https://u:ge@im!x@host.eu/", "u:ge@im!x", "url_password"),
        ("ghp_" + "aBcD" * 9, "ghp_" + "aBcD" * 9, "api_key"),
        ("sk-proj-" + "aBcD" * 9, "sk-proj-" + "aBcD" * 9, "api_key"),
        (
            "https://hooks.slack.com/services/T0A1B2C3D/B0A1B2C3D4/" + "a1B2" * 6,
            "a1B2" * 6,
            "api_key",
        ),
        (
            "https://discord.com/api/webhooks/12345678901234567/" + "a1-B" * 17,
            "a1-B" * 17,
            "api_key",
        ),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln", None, "jwt"),
        (HEAD + BODY + TAIL, BODY, "private_key"),
        (HEAD + "\nDEK-Info: AES-128-CBC,7B8C\n" + BODY + TAIL, None, "private_key"),
        (PGP + BODY + PGP.replace("BEGIN", "END"), BODY, "private_key"),
    ],
)
def test_secrets_are_found_and_only_they(found, text, secret, detector):
    secret = secret or text.removeprefix("Bearer ").removeprefix(HEAD).removesuffix(TAIL)
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
        "https://a.eu/?product_code=abc123def456",
        "https://a.eu/?password=true",
        "https://a.eu/sk-bratislava-stare-mesto-nove-mesto-2020",
        "secret_of_a_long_name_without_a_digit",
        "20210204STO97129",
        HEAD + "\nEXAMPLEabcdefghijk\n" + TAIL,
    ],
)
def test_other_parameters_and_words_are_left(found, text):
    assert [m for m in found(text) if m.type == "secret"] == []


KEY = b"no secret: only for tests"
HEX = "0a1b2c3d" * 8


@pytest.mark.parametrize(
    "key",
    [
        "ya29." + "a1B2" * 15,
        "GOCSPX-" + "a1B2" * 7,
        "dop_v1_" + HEX,
        "shpat_" + HEX[:32],
        "sq0atp-" + "a1B2" * 5 + "xy",
        "key-" + HEX[:32],
        "SK" + HEX[:32],
        "xapp-1-" + "A1B2-" * 6 + "Z",
        "whsec_" + "a1B2" * 8,
        "dckr_pat_" + "a1B2" * 7,
        "glsa_" + "a1B2" * 8 + "_0a1b2c3d",
        "lin_api_" + "a1B2" * 10,
        "PMAK-" + HEX[:24] + "-" + HEX[:34],
        "AGE-SECRET-KEY-1" + "QX" * 28 + "2P",
        HEX[:32] + "-us12",
        "hvs." + "a1B2" * 8,
        "hf_" + "aBcD" * 8 + "ef",
        "sk-ant-api03-" + "a1B2" * 10,
        "glpat-" + "aBcDe" * 4,
        "github_pat_" + "a1B2" * 6,
        "AC" + HEX[:32],
        "123456789:AA" + "a1B" * 11,
        "MTIzNDU2Nzg5MDEyMzQ1Njc4.a1b2c3." + "a1B" * 9,
    ],
)
def test_keys_are_known_by_their_form_and_stand_ins_are_not(found, key):
    for text in (f"key: {key}, x", f'"{key}"', key):
        (match,) = [m for m in found(text) if m.type == "secret"]
        assert text[match.start : match.end] == key
        made = surrogate(match, match.written(text), KEY)
        assert len(made) == len(match.written(text))
        scrubbed = text.replace(key, made)
        assert [m for m in found(scrubbed) if m.type == "secret"] == []


@pytest.mark.parametrize("text", [f"x{HEX[:32]}-us12", "12:AA" + "a1B" * 11, "key-" + HEX[:31]])
def test_other_long_words_are_left(found, text):
    assert [m for m in found(text) if m.type == "secret"] == []
