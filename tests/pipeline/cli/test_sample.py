"""``eurosift sample``: documents to look at, the same ones each time."""

import json

import pytest


def drawn(found):
    return [json.loads(line) for line in found.out.splitlines()]


def test_the_same_documents_come_each_time_and_others_with_another_seed(finished, eurosift):
    def ids(*options):
        found = eurosift("sample", finished.recipe, "-n", "4", "--format", "jsonl", *options)
        assert found.code == 0
        return [d["id"] for d in drawn(found)]

    assert ids() == ids() == ids("--seed", "0")
    assert len({tuple(ids("--seed", seed)) for seed in range(8)}) > 4


def test_documents_are_chosen_by_language_stage_verdict_and_reason(finished, eurosift):
    options = (
        "--language",
        "et",
        "--stage",
        "short",
        "--verdict",
        "rejected",
        "--reason",
        "too_short",
    )
    found = eurosift("sample", finished.run_folder, *options, "--format", "jsonl")
    (document,) = drawn(found)
    assert document["id"] == "d2-0"
    assert document["reasons"] == ["short:too_short"]
    assert found.err.splitlines()[0] == "there are no more than 1 such documents"


def test_people_see_wrapped_text(finished, eurosift):
    found = eurosift("sample", finished.recipe, "--language", "sv")
    assert found.out.splitlines() == [
        "00002/1  swe_Latn  kept",
        "  d2-1",
        "    swe_Latn the last of the texts, and not the shortest",
    ]


def test_that_nothing_scrubs_is_said_where_no_stage_of_the_run_scrubs(finished, eurosift):
    found = eurosift("sample", finished.recipe, "-n", "1", "--verdict", "kept")
    assert found.err == (
        "1 of 1 texts are not scrubbed and may hold personal data: no stage of this run scrubs\n"
    )


@pytest.mark.slow
def test_text_of_rejected_documents_is_told_to_be_unscrubbed(demo, command):
    options = ("--format", "jsonl", "-n", "200")
    kept = command("sample", demo, "--verdict", "kept", *options)
    assert "scrubbed" not in kept.stderr
    rejected = command("sample", demo, "--verdict", "rejected", "--stage", "quality", *options)
    n = len(rejected.stdout.splitlines())
    assert (
        f"{n} of {n} texts are not scrubbed and may hold personal data: "
        "`pii` scrubs kept documents only"
    ) in rejected.stderr


def test_an_unfinished_run_is_drawn_from_as_far_as_it_is(project, eurosift):
    project.perform("+short")
    (project.run_folder / "short" / "00001.parquet").unlink()
    found = eurosift("sample", project.recipe, "--stage", "short", "--format", "jsonl")
    assert found.code == 3
    assert {d["shard"] for d in drawn(found)} == {"00000", "00002"}
    assert "drawn from 2 of 3 shards: the others are not made yet" in found.err
    assert "incomplete: short not up to date" in found.err
    assert eurosift("sample", project.recipe, "--stage", "label").code == 0


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--language", "xx"), "'xx' is no language"),
        (("--stage", "shrot"), "no stage `shrot` in this run; did you mean `short`"),
        (("--reason", "long"), "no document was rejected for `long`"),
        (("--near", "too_shrt"), "no rule `too_shrt` with a threshold in this run; did you mean"),
        (("--verdict", "maybe"), "Invalid value for '--verdict'"),
        (("-n", "0"), "Invalid value for '-n'"),
    ],
)
def test_mistakes_are_exit_code_2_and_one_message(finished, eurosift, option, message):
    found = eurosift("sample", finished.recipe, *option)
    assert (found.code, found.out) == (2, "")
    assert message in found.err


def test_documents_near_a_threshold_are_shown_with_their_distance(finished, eurosift):
    found = eurosift("sample", finished.recipe, "--near", "too_short", "-n", "2")
    assert found.code == 0
    assert found.out.splitlines()[::4] == [
        "00002/0  ekk_Latn  rejected: short:too_short  14 for a threshold of 20 (-30.0%)",
        "00000/0  mlt_Latn  kept  27 for a threshold of 20 (+35.0%)",
    ]
    found = eurosift("sample", finished.recipe, "--near", "too_short", "--format", "jsonl")
    first = drawn(found)[0]
    assert (first["value"], first["threshold"]) == (14, 20)
    assert first["distance"] == pytest.approx(-0.3)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["gopher_short_doc", "line_punct_ratio", "unsure"])
def test_the_rules_of_quality_and_langid_have_thresholds(demo, command, rule):
    found = command("sample", demo, "--near", rule, "-n", "50", "--format", "jsonl")
    documents = [json.loads(line) for line in found.stdout.splitlines()]
    assert documents
    for document in documents:
        rejected = any(reason.endswith(f":{rule}") for reason in document["reasons"])
        assert rejected == (document["value"] < document["threshold"])


@pytest.mark.parametrize("style", ["table", "md", "json", "jsonl"])
def test_every_format_shows_the_text(finished, eurosift, style):
    found = eurosift("sample", finished.recipe, "--language", "sv", "--format", style)
    assert "the last of the texts" in found.out
