"""``eurosift verify``."""


def test_verify_says_what_it_read(finished, eurosift):
    found = eurosift("verify", finished.recipe)
    assert found == (
        0,
        "",
        "verified: 18 files, 8 documents; every row is accounted for\n",
    )


def test_verify_of_an_unfinished_run_is_exit_code_3(project, eurosift):
    project.perform("+label")
    found = eurosift("verify", project.recipe)
    assert (found.code, found.out) == (3, "")
    assert found.err == "eurosift: not up to date: length, short, scrub, upper\n"


def test_verify_of_a_damaged_run_is_exit_code_4(finished, eurosift):
    (finished.run_folder / "label" / "00002.parquet").write_bytes(b"")
    found = eurosift("verify", finished.recipe)
    assert (found.code, found.out) == (4, "")
    assert "label/00002.parquet: is damaged" in found.err
