"""Verdicts of two runs, side by side."""

import shutil
from collections import Counter

import pytest

from eurosift.pipeline import verdicts
from eurosift.pipeline.verdicts import Pair, put_side_by_side


def oracle(first, second):
    """The same by another route: whole tables of both runs as dictionaries."""

    def fates(project):
        found = {}
        layers = [project.table(name) for name in ("extract", "label", "short")]
        languages = layers[1]["language"].to_pylist()
        for row, document in enumerate(layers[0]["id"].to_pylist()):
            reasons = [
                f"{name}:{reason}"
                for name, layer in zip(("extract", "label", "short"), layers, strict=True)
                for reason in layer[f"{name}_reasons"][row].as_py() or ()
            ]
            found[document] = (tuple(sorted(reasons)), languages[row] or "und")
        return found

    one, other = fates(first), fates(second)
    both = [d for d in one if d in other]
    pairs = Counter(Pair(one[d][0], other[d][0], one[d][1], other[d][1]) for d in both)
    return pairs, len(one) - len(both), len(other) - len(both)


@pytest.mark.parametrize("min_chars", [5, 16, 40])
def test_verdicts_are_those_of_whole_tables(
    finished, make_project, rerun, tmp_path_factory, min_chars
):
    folder = tmp_path_factory.mktemp("twin")
    shutil.copytree(finished.folder, folder, dirs_exist_ok=True)
    second = make_project(folder)
    rerun(second, min_chars)
    found = put_side_by_side(finished.open(), second.open(), listed=100)
    pairs, only_first, only_second = oracle(finished, second)
    assert (found.pairs, found.only_first, found.only_second) == (pairs, only_first, only_second)
    assert (found.by_row, found.by_id) == (8, 0)
    assert len(found.changed) == sum(n for p, n in pairs.items() if bool(p.before) != bool(p.after))


@pytest.mark.parametrize("partition", [1, 3, 1_000])
def test_documents_in_other_files_are_found_by_their_ids(rearranged, monkeypatch, partition):
    first, second = rearranged
    monkeypatch.setattr(verdicts, "PARTITION_ROWS", partition)
    found = put_side_by_side(first.open(), second.open(), listed=3)
    pairs, only_first, only_second = oracle(first, second)
    assert (found.pairs, found.only_first, found.only_second) == (pairs, 1, 2)
    assert (only_first, only_second) == (1, 2)
    assert (found.by_row, found.by_id) == (0, 8)


def test_which_documents_are_named_does_not_depend_on_how_they_are_joined(rearranged, monkeypatch):
    first, second = rearranged
    found = []
    for partition in (1, 1_000):
        monkeypatch.setattr(verdicts, "PARTITION_ROWS", partition)
        places = put_side_by_side(first.open(), second.open(), listed=100).changed
        found.append(places)
    assert found[0] == found[1]
    assert found[0]
