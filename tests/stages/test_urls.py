"""The urls stage gives the names of the lists as reasons."""

import pyarrow as pa
import pytest

from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.urls import Urls, UrlsConfig


@pytest.fixture
def make(tmp_path):
    (tmp_path / "adult").mkdir()
    (tmp_path / "adult" / "domains").write_text("bad.example\n")
    (tmp_path / "adult" / "urls").write_text("bad.example/worse\n")
    (tmp_path / "spam").write_text("bad.example\nspam.example\n")
    (tmp_path / "fine").write_text("fine.bad.example\n")

    def made(**config):
        lists = {"adult": tmp_path / "adult", "spam": tmp_path / "spam"}
        stage = Urls(UrlsConfig(**{"lists": lists, **config}), name="blocked")
        stage.open()
        return stage

    return made


def test_every_list_is_a_reason_once(make):
    stage = make()
    urls = ["https://bad.example/worse", "https://spam.example", "https://ok.example", None]
    out = stage.process(pa.record_batch({"url": pa.array(urls)}))
    assert out.schema == stage.adds
    assert out.column("blocked_reasons").to_pylist() == [["adult", "spam"], ["spam"], [], []]
    assert [(each["list"], each["entry"]) for each in out.column("url_matches").to_pylist()[0]] == [
        ("adult", "bad.example"),
        ("adult", "bad.example/worse"),
        ("spam", "bad.example"),
    ]


def test_what_is_allowed_is_on_no_list(make, tmp_path):
    stage = make(allow=tmp_path / "fine")
    urls = pa.array(["https://fine.bad.example/x", "https://bad.example/x"])
    out = stage.process(pa.record_batch({"url": urls}))
    assert [bool(each) for each in out.column(0).to_pylist()] == [False, True]
    assert out.column(1).to_pylist()[0] == []


def test_some_lists_of_all_can_be_taken(make):
    out = make(only=["spam"]).process(pa.record_batch({"url": pa.array(["http://bad.example"])}))
    assert out.column(0).to_pylist() == [["spam"]]


def test_lists_are_assets_by_their_names(make, tmp_path):
    assert make().config.assets() == {
        "lists.adult": tmp_path / "adult",
        "lists.spam": tmp_path / "spam",
    }


def test_a_list_that_cannot_be_used_is_an_error_of_the_stage(make, tmp_path):
    with pytest.raises(AssetError, match=r"stage blocked: .*none: neither"):
        make(lists={"x": tmp_path / "none"})


def test_lists_are_those_of_all_languages(make):
    config = make().config
    with pytest.raises(StageError, match="one configuration for all languages"):
        Urls(config, name="urls", per_language={"mlt_Latn": config})


def test_what_is_passed_over_is_told(make, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "spam").write_text("bad.example\n||odd^\nodd\n")
    (tmp_path / "fine").write_text("good.example\nodd\n")
    lists = {"all": tmp_path, "spam": tmp_path / "spam"}
    assert list(make(lists=lists, allow=tmp_path / "fine").remarks()) == [
        f"{tmp_path}/spam:2: '||odd^' is no domain, suffix or URL and is passed over, and 1 more",
        f"{tmp_path}/fine:2: 'odd' is no domain, suffix or URL and is passed over",
        f"{tmp_path}/notes: has no file domains or urls and is passed over",
    ]
    assert list(make(lists=lists, only=["adult"]).remarks()) == []
