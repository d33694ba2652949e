"""How stores are reached: by options that anybody may see."""

import pytest

from eurosift.pipeline import recipe
from eurosift.pipeline.errors import RecipeError
from eurosift.pipeline.storage import Storage

HEAD = "version: 1\nname: t\nstages: {}\ninput:\n  path: "


def problem(path, storage=""):
    with pytest.raises(RecipeError) as error:
        recipe.parse(f"{HEAD}{path}\n{f'  storage: {storage}' if storage else ''}\n", None)
    return str(error.value)


@pytest.mark.parametrize("storage", [
    "{key: AKIA123}", "{secret: AKIA123}", "{options: {token: AKIA123}}",
    "{options: {client_kwargs: {aws_secret_access_key: AKIA123}}}",
    "{options: {headers: {Authorization: AKIA123}}}", "{options: {connection_string: AKIA123}}",
    "{endpoint: 'https://me:AKIA123@s3.example'}", "{options: {x: [{password: AKIA123}]}}",
])  # fmt: skip
def test_a_secret_is_refused_and_not_repeated(storage):
    said = problem("s3://b/*.warc.gz", storage)
    assert "looks like a secret" in said
    assert "~/.aws/credentials" in said
    assert "AKIA123" not in said
    assert said.startswith("recipe.yaml:6:")


@pytest.mark.parametrize(("path", "said"), [
    ("https://me:AKIA123@host/x.warc.gz", "user name or password"),
    ("s3://AKIA123:secret@bucket/x.warc.gz", "user name or password"),
    ("'https://host/x.warc.gz?X-Amz-Signature=AKIA123'", "with a query is no input"),
])  # fmt: skip
def test_a_url_that_tells_a_secret_is_refused_and_not_repeated(path, said):
    found = problem(path)
    assert said in found
    assert "AKIA123" not in found


@pytest.mark.parametrize(("path", "storage", "said"), [
    ("s3://b/x.warc.gz", "{endpont: https://x}", "did you mean `endpoint`"),
    ("in/*.warc.gz", "{anonymous: true}", "`storage` is for URLs"),
    ("https://h/x.warc.gz", "{endpoint: https://x}", "`endpoint` is for s3:// alone"),
    ("https://h/x.warc.gz", "{anonymous: true}", "says nothing for https://"),
    ("zip://x.warc.gz::s3://b/x.zip", "", "chained URLs"),
])  # fmt: skip
def test_what_means_nothing_is_told(path, storage, said):
    assert said in problem(path, storage)


def test_options_are_those_of_the_library():
    storage = Storage(
        endpoint="https://s3.example", profile="lab", region="eu", options={"requester_pays": True}
    )
    assert storage.for_urls(("s3://b/x",)) == {
        "endpoint_url": "https://s3.example",
        "profile": "lab",
        "client_kwargs": {"region_name": "eu"},
        "requester_pays": True,
    }
    anonymous = Storage(anonymous=True)
    assert anonymous.for_urls(("s3://b/x",)) == {"anon": True}
    assert anonymous.for_urls(("gs://b/x",)) == {"token": "anon"}
    assert Storage().for_urls(()) == {}
