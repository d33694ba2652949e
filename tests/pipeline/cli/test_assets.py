"""``eurosift assets``."""

import json


def test_a_list_can_be_checked_on_another_machine(project, eurosift):
    """Names are the same wherever the files are."""
    project.write({"signals": {"stop_words": "words.json"}})
    words = project.folder / "words.json"
    words.write_text('{"mlt_Latn": ["u", "li"]}')
    before = {p: p.stat().st_mtime_ns for p in project.folder.rglob("*")}
    printed = eurosift("assets", project.recipe, "--format", "json")
    assert (printed.code, printed.err) == (0, "")
    assert {p: p.stat().st_mtime_ns for p in project.folder.rglob("*")} == before
    listed = project.folder / "assets.json"
    listed.write_text(printed.out)
    found = eurosift("assets", project.recipe, "--against", listed, "--format", "json")
    assert found.code == 0
    assert {row["state"] for row in json.loads(found.out)["assets"]} == {"ok"}

    words.write_text('{"mlt_Latn": ["u"]}')
    found = eurosift("assets", project.recipe, "--against", listed)
    assert found.code == 2
    assert found.err == (
        f"eurosift: stages.signals.stop_words: {words}: is not the file of the list; "
        "copy it again\n"
    )
    words.unlink()
    found = eurosift("assets", project.recipe)
    assert (found.code, "is missing; put it there, or mend the recipe" in found.err) == (2, True)
