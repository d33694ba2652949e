"""Forms of keys and tokens, as their issuers document them."""

from __future__ import annotations

import re

_MIXED = r"(?=[A-Za-z0-9_-]*[A-Z])(?=[A-Za-z0-9_-]*[a-z])"

PREFIXES = {
    # Amazon
    "AKIA": r"[A-Z0-9]{16}",
    "ASIA": r"[A-Z0-9]{16}",
    "ABIA": r"[A-Z0-9]{16}",
    "ACCA": r"[A-Z0-9]{16}",
    # GitHub
    **dict.fromkeys(("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"[A-Za-z0-9]{36,}"),
    "github_pat_": r"[A-Za-z0-9_]{22,}",
    # GitLab
    **dict.fromkeys(
        ("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glsoat-"),
        r"[A-Za-z0-9_-]{20,}",
    ),
    "gloas-": r"[A-Za-z0-9_-]{64}",
    "GR1348941": r"[A-Za-z0-9_-]{20}",
    # Slack
    **dict.fromkeys(
        ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxc-"), r"[A-Za-z0-9-]{10,}"
    ),
    "xoxd-": r"[A-Za-z0-9%-]{10,}",
    "xoxe.xoxp-": r"[A-Za-z0-9-]{10,}",
    "xoxe.xoxb-": r"[A-Za-z0-9-]{10,}",
    "xapp-": r"[A-Za-z0-9-]{30,}",
    # Google
    "AIza": r"[A-Za-z0-9_-]{35}",
    "ya29.": r"[A-Za-z0-9_-]{50,}",
    "GOCSPX-": r"[A-Za-z0-9_-]{28}",
    "1//0": r"[A-Za-z0-9_-]{38,}",
    # Stripe
    **dict.fromkeys(
        ("sk_live_", "rk_live_", "pk_live_", "sk_test_", "rk_test_", "pk_test_"),
        r"[A-Za-z0-9]{16,}",
    ),
    "whsec_": r"[A-Za-z0-9+/]{24,}",
    # OpenAI, Anthropic and others with their prefix; "sk-bratislava-stare-mesto" is a page
    "sk-": rf"(?:{_MIXED}[A-Za-z0-9_-]{{20,}}|[0-9a-f]{{32,}}|or-v1-[0-9a-f]{{64}})",
    "sess-": r"[A-Za-z0-9]{40}",
    "gsk_": r"[A-Za-z0-9]{48,}",
    "xai-": r"[A-Za-z0-9]{64,}",
    "pplx-": r"[A-Za-z0-9]{48,}",
    "r8_": r"[A-Za-z0-9]{37,}",
    "tvly-": r"[A-Za-z0-9-]{20,}",
    # Hugging Face
    "hf_": r"[A-Za-z0-9]{30,}",
    "api_org_": r"[A-Za-z0-9]{34}",
    # Registries of packages
    "npm_": r"[A-Za-z0-9]{36}",
    "pypi-": r"[A-Za-z0-9_-]{50,}",
    "rubygems_": r"[0-9a-f]{48}",
    "dckr_pat_": r"[A-Za-z0-9_-]{27,}",
    "dckr_oat_": r"[A-Za-z0-9_-]{32,}",
    # Mail and telephones
    "SG.": r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "key-": r"[0-9a-f]{32}",
    "xkeysib-": r"[0-9a-f]{64}-[A-Za-z0-9]{16}",
    "re_": r"[A-Za-z0-9]{8}_[A-Za-z0-9]{24}",
    "SK": r"[0-9a-f]{32}",
    "AC": r"[0-9a-f]{32}",
    # Clouds and hosts
    **dict.fromkeys(("dop_v1_", "doo_v1_", "dor_v1_"), r"[0-9a-f]{64}"),
    "dapi": r"[0-9a-f]{32}(?:-[0-9])?",
    "HRKU-": r"[A-Za-z0-9_-]{36,}",
    "hvs.": r"[A-Za-z0-9_-]{24,}",
    "hvb.": r"[A-Za-z0-9_-]{24,}",
    "dp.pt.": r"[A-Za-z0-9]{40,}",
    "nfp_": r"[A-Za-z0-9]{36,}",
    "sbp_": r"[0-9a-f]{40}",
    "pscale_tkn_": r"[A-Za-z0-9_.-]{32,}",
    "pscale_pw_": r"[A-Za-z0-9_.-]{32,}",
    "pul-": r"[0-9a-f]{40}",
    "glsa_": r"[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}",
    "glc_": r"[A-Za-z0-9+/]{32,}={0,3}",
    "NRAK-": r"[A-Z0-9]{27}",
    "NRII-": r"[A-Za-z0-9-]{32}",
    "sntrys_": r"[A-Za-z0-9_+/=-]{40,}",
    "sntryu_": r"[0-9a-f]{64}",
    # Work and shops
    **dict.fromkeys(("shpat_", "shpca_", "shppa_", "shpss_"), r"[0-9a-fA-F]{32}"),
    "sq0atp-": r"[A-Za-z0-9_-]{22}",
    "sq0csp-": r"[A-Za-z0-9_-]{43}",
    "EAAA": r"[A-Za-z0-9_-]{60}",
    "ATATT3": r"[A-Za-z0-9_=-]{100,}",
    "ATBB": r"[A-Za-z0-9]{32}",
    "PMAK-": r"[0-9a-f]{24}-[0-9a-f]{34}",
    "lin_api_": r"[A-Za-z0-9]{40}",
    "figd_": r"[A-Za-z0-9_-]{40,}",
    "ntn_": r"[A-Za-z0-9]{40,}",
    "secret_": r"[A-Za-z0-9]{43}",
    "CFPAT-": r"[A-Za-z0-9_-]{43}",
    "rdme_": r"[a-z0-9]{70}",
    "AGE-SECRET-KEY-1": r"[0-9A-Z]{58}",
}
"""What stands behind the prefix of a key."""

PREFIX_WORDS = tuple(
    sorted({re.split("[_-]", prefix)[0] for prefix in PREFIXES if set(prefix) & set("_-")})
)
"""The first words of prefixes that have several, by which keys without a digit are noticed."""

# Of Mailchimp; of Telegram's bots; of Discord's; of Facebook's applications.
_UNPREFIXED = (
    r"[0-9a-f]{32}-us[0-9]{1,2}|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"
    r"|[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"
    r"|EAA[A-Za-z0-9]{80,}"
)
KEY = re.compile(
    "(?<![A-Za-z0-9_-])(?:"
    + "|".join(f"{re.escape(prefix)}(?:{rest})" for prefix, rest in PREFIXES.items())
    + f"|{_UNPREFIXED})(?![A-Za-z0-9_])"
)
KEY_MAX = 300
# What may stand before the long word at which the scan has noticed a key.
LEAD = re.compile(
    r"(?:(?<![A-Za-z0-9_-])(?:SG\.|ya29\.|hv[sb]\.|dp\.pt\.|xoxe\.|1//|[0-9]{8,10}:))\Z"
)
LEAD_REACH = 12
# The secret part of a web hook's address, behind the parts that say whose it is.
HOOK = re.compile(
    r"(?:hooks\.slack\.com/(?:services|workflows)/[A-Z0-9]{8,14}/[A-Z0-9]{8,14}/(?:[0-9]{15,20}/)?"
    r"|discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/)\Z"
)
HOOK_REACH = 80
HOOK_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,90}")


def prefix_of(key: str) -> str:
    """The prefix by which a key is known; empty if it has none."""
    return max((p for p in PREFIXES if key.startswith(p)), key=len, default="")
