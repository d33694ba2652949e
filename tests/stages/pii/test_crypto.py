from __future__ import annotations

import pytest

from eurosift.stages.pii.crypto import is_bitcoin, is_ethereum


@pytest.mark.parametrize(
    "address",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ],
)
def test_checksums_of_bitcoin(address):
    """Examples of the Bitcoin wiki and of BIP 173 and 350."""
    assert is_bitcoin(address)
    assert not is_bitcoin(address[:-1] + ("2" if address[-1] != "2" else "3"))


def test_checksums_of_ethereum():
    """Examples of EIP-55; without capitals there is no checksum."""
    address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    assert is_ethereum(address)
    assert is_ethereum(address.lower())
    assert not is_ethereum(address.replace("aA", "Aa"))
    assert not is_ethereum("0x" + "0" * 40)


def test_words_are_found_whole(found):
    address = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
    assert [m.type for m in found(f"to {address}.")] == ["crypto"]
    assert found(f"to x{address}") == []
