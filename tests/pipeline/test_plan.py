"""The plan: which input file is which shard, for good."""

import os

import pytest

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.errors import PlanError
from eurosift.pipeline.inputs import Inputs, find_inputs, input_root
from eurosift.stages.errors import InputError
from eurosift.stages.extract import listing


@pytest.fixture
def source(tmp_path):
    """A recipe over ``in/*.jsonl`` that is read anew at each call."""

    def read(path="in/*.jsonl", **more):
        given = {"path": path, **more}
        text = f"version: 1\nname: t\ninput: {given}\nstages: {{}}\n"
        return recipe.parse(text, tmp_path)

    (tmp_path / "in").mkdir()
    return read


def put(folder, *names, text="x"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def shards(found):
    return {file.path: file.shard for file in found.files}


def test_shards_are_numbered_in_the_order_of_the_names(source, tmp_path):
    put(tmp_path / "in", "b.jsonl", "a.jsonl", "c.jsonl")
    assert shards(plan.make(source())) == {
        "a.jsonl": "00000",
        "b.jsonl": "00001",
        "c.jsonl": "00002",
    }


def test_shard_numbers_are_only_ever_appended_to(source, tmp_path):
    """A file that comes later gets the next number; one that is gone keeps its own, unused."""
    put(tmp_path / "in", "b.jsonl", "d.jsonl")
    first = plan.make(source())
    (tmp_path / "in" / "b.jsonl").unlink()
    put(tmp_path / "in", "a.jsonl", "c.jsonl")
    second = plan.make(source(), first)
    assert shards(second) == {"d.jsonl": "00001", "a.jsonl": "00002", "c.jsonl": "00003"}
    assert second.shards == ("00001", "00002", "00003")
    assert [f.path for f in second.removed] == ["b.jsonl"]
    put(tmp_path / "in", "b.jsonl", "e.jsonl")
    third = plan.make(source(), second)
    assert shards(third) == shards(second) | {"b.jsonl": "00000", "e.jsonl": "00004"}
    assert third.removed == ()


def test_shards_stay_in_numerical_order_beyond_five_digits():
    files = [
        plan.InputFile(shard=f"{n:05d}", path=f"{n:06d}.jsonl", size_bytes=1, edges="")
        for n in (99_999, 100_000, 3)
    ]
    assert [f.shard for f in plan.in_order(files)] == ["00003", "99999", "100000"]


def test_changed_missing_and_unplanned_files_are_told_apart(source, tmp_path):
    put(tmp_path / "in", "a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl")
    made = plan.make(source())
    put(tmp_path / "in", "a.jsonl", text="y")  # same size, other content
    put(tmp_path / "in", "b.jsonl", text="longer")
    (tmp_path / "in" / "c.jsonl").unlink()
    put(tmp_path / "in", "e.jsonl")
    found = plan.survey(source(), made)
    assert found.changed == ("a.jsonl", "b.jsonl")
    assert found.missing == ("c.jsonl",)
    assert found.unplanned == ("e.jsonl",)


def test_a_file_that_was_only_touched_has_not_changed(source, tmp_path):
    put(tmp_path / "in", "a.jsonl")
    made = plan.make(source())
    os.utime(tmp_path / "in" / "a.jsonl", (1, 1))
    assert plan.survey(source(), made) == plan.Survey()


def test_a_file_too_many_of_the_same_name_in_another_folder_is_another_file(source, tmp_path):
    put(tmp_path / "in", "x/a.jsonl", "y/a.jsonl")
    assert list(shards(plan.make(source("in/*/a.jsonl")))) == ["x/a.jsonl", "y/a.jsonl"]


def test_several_patterns_share_the_deepest_common_folder(source, tmp_path):
    put(tmp_path / "in", "x/a.jsonl", "y/z/b.jsonl")
    given = source(["in/x/*.jsonl", "in/y/**/*.jsonl", "in/x/a.jsonl"])
    assert input_root(given) == str(tmp_path / "in")
    assert list(shards(plan.make(given))) == ["x/a.jsonl", "y/z/b.jsonl"]


def test_the_root_can_be_given(source, tmp_path):
    put(tmp_path / "in", "x/a.jsonl")
    assert list(shards(plan.make(source("in/x/*.jsonl", root=".")))) == ["in/x/a.jsonl"]


def test_a_file_outside_of_the_root_is_an_error(source, tmp_path):
    put(tmp_path / "in", "x/a.jsonl", "b.jsonl")
    given = source(["in/x/*.jsonl", "in/b.jsonl"], root="in/x")
    with pytest.raises(PlanError, match=r"b.jsonl is outside of the input root .*set input.root"):
        plan.make(given)


def test_a_pattern_may_lead_out_of_the_folder_of_the_recipe(tmp_path):
    put(tmp_path / "in", "a.jsonl")
    text = "version: 1\nname: t\ninput: {path: ../in/*.jsonl}\nstages: {}\n"
    given = recipe.parse(text, tmp_path / "recipes")
    assert list(shards(plan.make(given))) == ["a.jsonl"]


def test_brackets_in_the_folder_of_the_recipe_are_no_pattern(tmp_path):
    base = tmp_path / "crawl [2026]*"
    put(base / "in", "a.jsonl")
    text = "version: 1\nname: t\ninput: {path: in/*.jsonl}\nstages: {}\n"
    given = recipe.parse(text, base)
    assert input_root(given) == str(base / "in")
    assert list(shards(plan.make(given))) == ["a.jsonl"]


def test_a_pattern_without_files_is_an_error_with_its_place(source, tmp_path):
    put(tmp_path / "in", "a.jsonl")
    with pytest.raises(PlanError) as error:
        plan.make(source(["in/*.jsonl", "in/*.warc.gz"]))
    assert str(error.value).startswith("recipe.yaml:3:")
    assert "no file matches in/*.warc.gz" in str(error.value)


@pytest.mark.parametrize("path", ["in", "in/", ".", "..", ""])
def test_a_folder_is_no_pattern_and_the_message_says_what_is(source, tmp_path, path):
    put(tmp_path / "in", "a.jsonl")
    with pytest.raises(PlanError, match=r"is a folder: write .*\*.warc.gz"):
        plan.make(source(path, format="jsonl"))


def test_a_name_that_is_no_text_is_an_error(source, tmp_path):
    (tmp_path / "in" / os.fsdecode(b"\xff.jsonl")).write_text("x")
    with pytest.raises(PlanError, match=r"'\\udcff.jsonl'.*is no UTF-8"):
        plan.make(source())


def test_the_plan_comes_back_as_it_was_saved(source, tmp_path):
    put(tmp_path / "in", "ż.jsonl", "a.jsonl", text="")
    made = plan.make(source())
    plan.save(tmp_path, made)
    assert plan.load(tmp_path) == made
    assert plan.load(tmp_path / "elsewhere") is None
    assert str(tmp_path) not in (tmp_path / plan.PLAN_FILE).read_text()


def test_a_damaged_plan_is_named(tmp_path):
    (tmp_path / plan.PLAN_FILE).write_text("{")
    with pytest.raises(PlanError, match=r"plan\.json: is damaged"):
        plan.load(tmp_path)


def test_a_plan_in_which_one_figure_has_changed_is_damaged(source, tmp_path):
    """Else an input would be said to have changed, or a shard would take another's number."""
    put(tmp_path / "in", "a.jsonl")
    plan.save(tmp_path, plan.make(source()))
    path = tmp_path / plan.PLAN_FILE
    path.write_text(path.read_text().replace("00000", "00001"))
    with pytest.raises(PlanError, match=r"plan\.json: is damaged: .*remove it and run again"):
        plan.load(tmp_path)


def test_a_link_to_nothing_is_not_left_out_in_silence(source, tmp_path):
    put(tmp_path / "in", "a.jsonl")
    (tmp_path / "in" / "b.jsonl").symlink_to("nowhere")
    with pytest.raises(PlanError, match=r"b\.jsonl: is a link to nothing"):
        plan.make(source())


def test_the_root_may_lie_behind_a_symbolic_link(tmp_path):
    """Names are taken as they are written, on both sides."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.jsonl").write_text("{}\n")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    head = f"version: 1\nname: x\ninput: {{root: {tmp_path}/link, path: {tmp_path}/link/*.jsonl}}\n"
    assert list(find_inputs(recipe.parse(head + "stages: {}\n", tmp_path))) == ["a.jsonl"]


def pages(folder, *names, text="<p>x"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_folders_of_pages_are_inputs_where_html_is_read(source, tmp_path):
    """Folders without pages are not; a file is one by itself."""
    pages(tmp_path / "in", "a/1.html", "a/deep/er/2.htm", "b/3.html", "c/x.css", "d.html")
    made = plan.make(source("in/*", format="html"))
    assert shards(made) == {"a": "00000", "b": "00001", "d.html": "00002"}
    assert made.files[0].size_bytes == 8
    assert shards(plan.make(source("in/a", format="html"))) == {"a": "00000"}


def test_other_files_are_pages_only_if_a_pattern_says_so(source, tmp_path):
    """`*` takes what is HTML by its name; `*.php`, and a name, take what they name."""
    pages(tmp_path / "in", "a.html", "B.HTM", "page.php", "robots.txt", "s/1.html")
    for pattern, names in (
        ("in/*", ["B.HTM", "a.html", "s"]),
        ("in/*.php", ["page.php"]),
        ("in/robots.txt", ["robots.txt"]),
    ):
        assert list(find_inputs(source(pattern, format="html"))) == names
    with pytest.raises(PlanError, match=r"no file matches in/r\*"):
        find_inputs(source("in/r*", format="html"))


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: pages(folder, "1.html", text="<p>y"),
        lambda folder: pages(folder, "new/2.html", text=""),
        lambda folder: (folder / "1.html").rename(folder / "2.html"),
        lambda folder: (folder / "1.html").unlink(),
    ],
    ids=["content", "new", "renamed", "gone"],
)
def test_any_change_of_a_page_changes_its_folder(source, tmp_path, change):
    pages(tmp_path / "in", "a/1.html")
    recipe = source("in/*", format="html")
    stamps = {}
    made = plan.make(recipe, stamps=stamps)
    known = {"a": (stamps["a"], made.files[0].edges)}
    assert plan.survey(recipe, made, known) == plan.Survey()
    (tmp_path / "in/a/x.css").write_text("not looked at")
    assert plan.survey(recipe, made, known) == plan.Survey()
    change(tmp_path / "in/a")
    assert plan.survey(recipe, made, known).changed == ("a",)
    with pytest.raises(InputError, match="input a has changed"):
        plan.require_unchanged(Inputs(source()), made.files[0])


def test_the_folder_of_the_recipe_is_an_input_too(source, tmp_path):
    put(tmp_path, "a.html")
    assert shards(plan.make(source(".", format="html"))) == {".": "00000"}


def test_a_page_whose_name_is_no_text_is_planned(source, tmp_path):
    put(tmp_path / "in/a", "x.html", "z\udcff.html")
    made = plan.make(source("in/*", format="html"))
    assert shards(made) == {"a": "00000"}
    assert plan.survey(source("in/*", format="html"), made).changed == ()


def test_a_folder_by_two_names_is_refused(source, tmp_path):
    put(tmp_path / "in/a", "x.html")
    (tmp_path / "in/b").symlink_to("a")
    with pytest.raises(PlanError, match=r"b is the same as a: its pages would be there twice"):
        plan.make(source("in/*", format="html"))


def test_a_page_that_is_a_link_to_nothing_is_told(source, tmp_path):
    put(tmp_path / "in/a", "x.html")
    (tmp_path / "in/a/y.html").symlink_to("nowhere.html")
    with pytest.raises(PlanError, match=r"y\.html: is a link to nothing"):
        plan.make(source("in/*", format="html"))


def test_folder_inside_of_an_input_is_refused(source, tmp_path):
    pages(tmp_path / "in", "a/1.html", "a/b/2.html")
    with pytest.raises(PlanError, match=r"^a/1.html lies in a, which is an input too"):
        plan.make(source(["in/*", "in/a/*"], format="html", root="in"))


@pytest.fixture
def remote(web_server, tmp_path):
    """A recipe over two files by HTTP."""
    web_server.files |= {"in/a.jsonl": b"x" * 3_000_000, "in/b.jsonl": b"y"}
    text = f"version: 1\nname: t\ninput: {web_server.url}/in/*.jsonl\nstages: {{}}\n"
    return recipe.parse(text, tmp_path)


def test_a_plan_by_url_is_that_of_the_same_files_on_the_disk(remote, source, web_server, tmp_path):
    for name, data in web_server.files.items():
        (tmp_path / name).write_bytes(data)
    ours, theirs = plan.make(remote), plan.make(source())
    assert [f.fingerprint for f in ours.files] == [f.fingerprint for f in theirs.files]
    assert [f.model_copy(update={"version": ""}) for f in ours.files] == list(theirs.files)
    assert all(f.version for f in ours.files)
    asked = [range_ for method, _, range_ in web_server.requests if range_]
    assert sorted(asked) == ["bytes=0-0", "bytes=0-1048575", "bytes=1951424-2999999"]


def test_a_version_that_is_known_spares_the_reading(remote, web_server):
    made = plan.make(remote)
    web_server.requests.clear()
    assert plan.survey(remote, made) == plan.Survey()
    assert plan.make(remote, made) == made
    assert not [range_ for _, _, range_ in web_server.requests if range_]


@pytest.mark.parametrize("etags", [True, False])
def test_a_file_by_url_that_is_replaced_is_noticed(remote, web_server, etags):
    """Between its edges, too, where the store tells versions."""
    web_server.etags = etags
    made = plan.make(remote)
    assert plan.survey(remote, made) == plan.Survey()
    web_server.files["in/b.jsonl"] = b"z"
    middle = b"x" * 1_500_000 + b"y" + b"x" * 1_499_999
    web_server.files["in/a.jsonl"] = middle
    changed = ("a.jsonl", "b.jsonl") if etags else ("b.jsonl",)
    assert plan.survey(remote, made).changed == changed
    with pytest.raises(InputError, match=r"input b.jsonl has changed"):
        plan.require_unchanged(Inputs(remote), made.files[1])
    again = plan.make(remote, made)
    stale = [a.fingerprint != b.fingerprint for a, b in zip(made.files, again.files, strict=True)]
    assert stale == [etags, True]
    assert plan.make(remote, again) == again


def test_a_file_by_url_that_is_gone_is_told_from_a_server_that_is(remote, web_server, monkeypatch):
    made = plan.make(remote)
    del web_server.files["in/b.jsonl"]
    assert plan.survey(remote, made).missing == ("b.jsonl",)
    with pytest.raises(InputError, match=r"/in/b.jsonl: cannot be read: is not there; put it back"):
        plan.require_unchanged(Inputs(remote), made.files[1])
    monkeypatch.setattr(listing, "LOOK_WAITS", ())
    web_server.files.clear()
    web_server.headers = {"Content-Encoding": "x"}  # so that no size is told
    web_server.files["in/a.jsonl"] = b"x"
    with pytest.raises(PlanError, match="does not tell how large it is"):
        plan.survey(remote, made)
