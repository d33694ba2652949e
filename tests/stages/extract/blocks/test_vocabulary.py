from __future__ import annotations

from eurosift.stages.extract.blocks.vocabulary import (
    BREAK,
    COMMENTS,
    CONSENT,
    HEADING,
    HINTS,
    LEVEL,
    LINK,
    OVER,
    RAW,
    READERS,
    SECTIONS,
    element_names,
    key,
    vocabulary,
)


def row_of(name):
    return vocabulary().keys.tolist().index(key(name))


def test_no_two_names_share_a_key():
    keys = vocabulary().keys.tolist()
    assert keys == sorted(set(keys))


def test_elements_do_what_they_do():
    acts = {name: vocabulary().acts[row_of(name)] for name in ("br", "a", "script")}
    assert acts == {"br": BREAK, "a": LINK, "script": RAW}
    assert vocabulary().kinds[row_of("h3")] == HEADING + 3 * LEVEL


def test_every_hint_is_found_by_its_first_letter():
    known = vocabulary()
    letters = known.hint_letters.tobytes().decode()
    found = {
        letters[known.hint_ends[i] : known.hint_ends[i + 1]]: (i, int(known.hint_groups[i]))
        for i in range(len(known.hint_groups))
    }
    for group, parts in [*enumerate(HINTS), (OVER, CONSENT), (READERS, SECTIONS)]:
        for part in parts:
            i, bits = found[part]
            assert bits >> group & 1
            assert known.firsts[ord(part[0])] <= i < known.firsts[ord(part[0]) + 1]


def test_names_stand_in_the_order_of_their_keys():
    assert [key(name) for name in element_names()] == vocabulary().keys.tolist()


def test_the_group_of_comments_is_that():
    assert "comment" in HINTS[COMMENTS]
