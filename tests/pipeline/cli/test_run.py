"""``eurosift run``: what it refuses, and what it warns of."""


def test_a_folder_with_other_files_is_no_run_folder(project, eurosift):
    project.run_folder.mkdir(parents=True)
    (project.run_folder / "thesis.odt").write_text("precious")
    found = eurosift("run", project.recipe)
    assert (found.code, found.out) == (2, "")
    assert "is not empty and no run folder" in found.err


def test_a_folder_that_cannot_be_written_is_one_line(project, eurosift):
    project.write(output="/proc/x")
    found = eurosift("run", project.recipe)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("eurosift: /proc/x")
    assert len(found.err.splitlines()) == 1


def test_damaged_and_empty_inputs_are_warned_of(project, eurosift):
    with (project.folder / "in" / "part-0.jsonl").open("a") as file:
        file.write("{no json\n")
    (project.folder / "in" / "part-2.jsonl").write_text("")
    found = eurosift("run", project.recipe)
    assert found.code == 0
    assert "WARNING part-0.jsonl: damaged (bad_json 1)" in found.err
    assert "WARNING part-2.jsonl: no documents" in found.err


def test_run_refuses_inputs_that_are_not_as_they_were(finished, eurosift):
    before = finished.hashes()
    finished.input("part-0.jsonl", ["mlt_Latn other"])
    (finished.folder / "in" / "part-1.jsonl").unlink()
    found = eurosift("run", finished.recipe)
    assert (found.code, found.out) == (2, "")
    assert found.err.splitlines()[:2] == [
        "eurosift: input part-0.jsonl has changed",
        "eurosift: input part-1.jsonl is gone",
    ]
    assert "--replan" in found.err
    assert finished.hashes() == before


def test_run_does_not_read_what_is_not_in_the_plan(finished, eurosift):
    finished.input("part-9.jsonl", ["mlt_Latn new"])
    found = eurosift("run", finished.recipe)
    assert found.code == 0
    assert "WARNING input part-9.jsonl is not in the plan and is not read" in found.err
    assert len(finished.states()["extract"]) == 3
