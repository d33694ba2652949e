"""Documents that carry a digest of themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline import sealed_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text().filter(lambda key: key != sealed_json.DIGEST), values))
def test_what_is_written_is_read(tmp_path_factory, document):
    path = tmp_path_factory.mktemp("sealed") / "x.json"
    sealed_json.save(path, document)
    assert sealed_json.load(path) == document


@pytest.mark.parametrize(
    "damage", ["other value", "cut off", "no mapping", "emptied", "without its digest"]
)
def test_what_was_changed_is_refused(tmp_path, damage):
    path = tmp_path / "x.json"
    sealed_json.save(path, {"a": 1})
    text = path.read_text()
    changed = {
        "other value": text.replace('"a": 1', '"a": 2'),
        "cut off": text[:-5],
        "no mapping": "[]",
        "emptied": "",
        "without its digest": '{"a": 1}',
    }
    path.write_text(changed[damage])
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds; each says what it is
        sealed_json.load(path)


def test_a_missing_document_is_no_damaged_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        sealed_json.load(tmp_path / "x.json")
