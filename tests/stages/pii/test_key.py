from __future__ import annotations

import pytest

from eurosift.stages.errors import AssetError
from eurosift.stages.pii.key import MIN_BYTES, make_key, read_key


def write(path, content, mode=0o600):
    path.write_text(content)
    path.chmod(mode)
    return path


def test_a_key_that_was_made_can_be_read(tmp_path):
    content = make_key()
    assert read_key(write(tmp_path / "k", content)) == content.strip().encode()
    assert len(content.strip()) == 64
    assert make_key() != content


def test_a_missing_key_is_an_error_that_says_how_to_make_one(tmp_path):
    for path in (None, tmp_path / "none"):
        with pytest.raises(AssetError, match=r"`eurosift init`.*umask 077"):
            read_key(path)


def test_a_short_key_is_refused_without_being_shown(tmp_path):
    secret = "geheim" + "x" * (MIN_BYTES - 7)
    with pytest.raises(AssetError, match=f"15 bytes; at least {MIN_BYTES}") as error:
        read_key(write(tmp_path / "k", secret + "\n  \n"))
    assert secret not in str(error.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused(tmp_path, mode):
    path = write(tmp_path / "k", make_key(), mode)
    with pytest.raises(AssetError, match=f"chmod 600 {path}"):
        read_key(path)
    path.chmod(0o400)
    assert read_key(path)


def test_a_folder_is_no_key(tmp_path):
    with pytest.raises(AssetError, match="cannot read the key"):
        read_key(tmp_path)
