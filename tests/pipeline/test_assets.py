"""All that a run needs is listed, wherever it is from, and what is wrong with it is told."""

import json
import re
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path

import pytest

from eurosift.pipeline import assets, digest, recipe
from eurosift.pipeline.assets import State
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.errors import RunFolderError

FTZ = "eurosift/langid/data/eu24.ftz"


@pytest.fixture
def found(tmp_path):
    """Assets of a recipe with a table of thresholds and an earlier run, by name."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "words.json").write_text('{"mlt_Latn": ["u", "li"]}')
    path = tmp_path / "recipe.yaml"
    path.write_text(
        "version: 1\nname: t\ninput: in/*.jsonl\nstages:\n  extract: {}\n  langid: {}\n"
        "  signals: {stop_words: lists/words.json}\n  dedup: {against: [earlier]}\n"
    )

    def call(earlier=None):
        dag = build_dag(recipe.load(path))
        return {asset.name: asset for asset in assets.collect(dag, earlier)}

    return call


def test_what_is_shipped_has_digest_licence_and_origin(found):
    listed = found()
    model = files("eurosift.langid").joinpath("data/eu24.ftz").read_bytes()
    assert listed[FTZ].size_bytes == len(model)
    assert listed[FTZ].sha256 == digest.of_file(
        Path(str(files("eurosift.langid"))) / "data/eu24.ftz"
    )
    assert listed[FTZ].licence == "Apache-2.0"
    assert "MODEL_CARD" in listed[FTZ].source
    assert listed["eurosift/filters/data/unicode.json"].licence == "Unicode-3.0"


def test_every_file_of_data_in_our_packages_is_listed(found):
    listed = found()
    for package in ("dedup", "filters", "langid", "stages"):
        root = Path(str(files(f"eurosift.{package}")))
        for path in root.rglob("*"):
            if path.is_file() and path.suffix not in {".py", ".pyc", ".md", ".typed"}:
                assert f"eurosift/{package}/{path.relative_to(root).as_posix()}" in listed


def test_all_packages_with_data_are_listed_and_required(found):
    packages = {n.split()[0] for n, asset in found().items() if asset.kind == "package"}
    assert packages == {"phonenumbers", "python-stdnum", "tld"}
    required = {re.split(r"[^\w.-]", line)[0] for line in distribution("eurosift").requires}
    assert packages <= required


def test_packages_with_data_are_compared_with_the_record_of_the_installer(found, monkeypatch):
    package = next(asset for name, asset in found().items() if name.startswith("phonenumbers "))
    assert (package.state, package.kind, package.licence) == (State.OK, "package", "Apache-2.0")
    assert package.size_bytes > 1_000_000
    record = assets._record
    monkeypatch.setattr(assets, "_record", lambda name: dict.fromkeys(record(name), "00"))
    package = next(asset for name, asset in found().items() if name.startswith("phonenumbers "))
    assert package.state is State.CHANGED
    assert package.remedy.endswith("is changed since it was installed; install eurosift again")


def test_shipped_files_are_compared_with_the_record_of_the_installer(found, monkeypatch):
    """There is none for a checkout."""
    assert found()[FTZ].state is State.PRESENT
    recorded = {FTZ: found()[FTZ].sha256, "eurosift/langid/data/gone.yaml": "00"}
    monkeypatch.setattr(assets, "_record", lambda _: recorded)
    assert found()[FTZ].state is State.OK
    assert found()["eurosift/langid/data/gone.yaml"].state is State.MISSING
    recorded[FTZ] = "00"
    assert found()[FTZ].state is State.CHANGED


def test_what_a_recipe_names_by_path_is_listed(found, tmp_path):
    words = found()["stages.signals.stop_words"]
    path = tmp_path / "lists" / "words.json"
    assert (words.state, words.kind, words.path) == (State.PRESENT, "recipe", str(path))
    assert words.sha256 == digest.of_file(path)
    path.unlink()
    words = found()["stages.signals.stop_words"]
    assert words.state is State.MISSING
    assert words.remedy == (
        f"stages.signals.stop_words: {path}: is missing; put it there, or mend the recipe"
    )


def test_an_earlier_run_has_to_be_there(found, tmp_path):
    assert found()["stages.dedup.against.0"].state is State.MISSING
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "plan.json").write_text("{}")
    assert found()["stages.dedup.against.0"].state is State.PRESENT


def test_folders_are_listed_file_by_file(tmp_path):
    (tmp_path / "b").write_text("b")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_text("a")
    (tmp_path / ".hidden").write_text("")
    names = [asset.name for asset in assets._files("stages.x.lists", tmp_path)]
    assert names == ["stages.x.lists/b", "stages.x.lists/sub/a"]


def test_an_earlier_list_tells_what_has_changed_since_and_what_is_gone(found, tmp_path):
    (tmp_path / "list.json").write_text(
        json.dumps({"assets": [dict(r) for r in assets.table([*found().values()]).rows]})
    )
    earlier = assets.load(tmp_path / "list.json")
    same = found(earlier)
    assert {a.state for a in same.values() if a.kind != "run"} == {State.OK}
    (tmp_path / "lists" / "words.json").write_text('{"mlt_Latn": ["u"]}')
    assert found(earlier)["stages.signals.stop_words"].state is State.CHANGED
    gone = found({**earlier, "stages.count.tokenizer": "00"})["stages.count.tokenizer"]
    assert (gone.state, gone.sha256) == (State.MISSING, "00")


@pytest.mark.parametrize("text", ["", "[]", '{"assets": [{"name": 1}]}', '{"assets": 3}'])
def test_what_is_no_list_is_refused(tmp_path, text):
    path = tmp_path / "list.json"
    path.write_text(text)
    with pytest.raises(RunFolderError, match="is no list of assets"):
        assets.load(path)
