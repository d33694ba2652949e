import ipaddress
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban

from eurosift.pipeline.demo import identifiers, prose

CONTACTS = [site for site in prose.sites() if site.contact]


@pytest.mark.parametrize("code", prose.WANTED)
def test_ibans_are_valid_and_name_no_real_bank(code):
    compact = identifiers.iban(code, spaced=False)
    assert stdnum_iban.is_valid(compact)
    assert identifiers.iban(code).replace(" ", "") == compact
    assert compact[4:8] == "DEMO" or compact[5:8] == "000"


@given(st.text(string.digits, min_size=18, max_size=18))
def test_check_digits_agree_with_stdnum_for_any_account(account):
    assert stdnum_iban.is_valid(f"DE{identifiers.check_digits('DE', account)}{account}")


@pytest.mark.parametrize("code", prose.WANTED)
def test_ip_addresses_are_public_by_the_registry_and_in_retired_blocks(code):
    four = ipaddress.ip_address(identifiers.ipv4(code))
    six = ipaddress.ip_address(identifiers.ipv6(code))
    assert four.is_global
    assert six.is_global
    assert four in ipaddress.ip_network("192.88.99.0/24")
    assert six in ipaddress.ip_network("3ffe::/16")


def test_every_site_has_a_mailbox_of_its_own():
    boxes = [identifiers.email(site.code, site.mailbox) for site in CONTACTS]
    assert len(set(boxes)) == len(CONTACTS) >= 20
    assert {box.partition("@")[2] for box in boxes} == {
        "mail-demo.eu",
        prose.site("bul_Cyrl").mailbox.partition("@")[2],
        prose.site("ell_Grek").mailbox.partition("@")[2],
    }


@pytest.mark.parametrize("site", CONTACTS, ids=lambda site: site.code)
def test_contact_paragraphs_are_filled_completely(site):
    filled = identifiers.fill(site.contact, site.code, site.mailbox)
    assert "{" not in filled
    assert identifiers.email(site.code, site.mailbox) in filled


def test_all_four_kinds_of_identifier_occur():
    templates = " ".join(site.contact for site in CONTACTS)
    for kind in ("{email}", "{iban}", "{ipv4}", "{ipv6}"):
        assert templates.count(kind) >= 4
