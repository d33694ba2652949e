"""``eurosift schema``, and the schema that ``init`` writes."""

import json


def test_the_schema_is_printed_as_json(eurosift):
    found = eurosift("schema")
    assert (found.code, found.err) == (0, "")
    assert json.loads(found.out)["title"] == "eurosift recipe"


def test_init_writes_it_where_the_recipe_says(eurosift, tmp_path):
    found = eurosift("init", tmp_path / "corpus")
    assert (found.code, found.out) == (0, "")
    first = (tmp_path / "corpus" / "recipe.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=recipe.schema.json"
    written = (tmp_path / "corpus" / "recipe.schema.json").read_text()
    assert written == eurosift("schema").out


def test_init_overwrites_no_schema(eurosift, tmp_path):
    (tmp_path / "recipe.schema.json").write_text("mine")
    assert eurosift("init", tmp_path).code == 0
    assert (tmp_path / "recipe.schema.json").read_text() == "mine"
