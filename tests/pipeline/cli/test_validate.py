"""``eurosift validate``."""


def test_validate_says_what_it_found_and_writes_nothing(project, eurosift):
    before = project.times()
    found = eurosift("validate", project.recipe)
    assert found == (
        0,
        (
            f"{project.recipe}: ok: input files 3, languages 24, "
            "extract → label → length → short → scrub → upper\n"
        ),
        "",
    )
    assert project.times() == before


def test_validate_misses_inputs(project, eurosift):
    project.write(input={"path": "in/*.parquet"})
    found = eurosift("validate", project.recipe)
    assert found.code == 2
    assert "no file matches in/*.parquet" in found.err


def test_a_table_without_its_column_is_told_by_validate(project, eurosift):
    project.write(input={"path": "in/*.jsonl", "columns": {"text": "nope"}})
    found = eurosift("validate", project.recipe)
    assert (found.code, found.out) == (2, "")
    assert "nope" in found.err
