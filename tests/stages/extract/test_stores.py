"""Stores by URL: what is said of libraries that are missing, and of failures."""

import errno
import subprocess
import sys
import traceback

import pytest

from eurosift.stages.errors import InputError
from eurosift.stages.extract import stores
from eurosift.stages.extract.stores import RemoteError, is_url, persistently, words


def test_what_is_a_url():
    assert all(map(is_url, ("s3://b/x", "S3://b/x", "https://h/x", "memory://x", "abfs+x://b")))
    assert not any(map(is_url, ("x", "/a/b", "C://x", "a b://x", "./s3:/x", "://x", "")))


@pytest.mark.parametrize(("url", "library", "extra"), [
    ("s3://bucket/x", "s3fs", "eurosift[s3]"),
    ("https://host/x", "aiohttp", "eurosift[http]"),
])  # fmt: skip
def test_a_missing_library_is_told_with_the_command_that_installs_it(url, library, extra):
    """In a process of its own: fsspec remembers what it has imported."""
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        f"from eurosift.stages.extract.stores import filesystem\nfilesystem({url!r}, {{}})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("eurosift.stages.errors.InputError: ")
    assert f"a library is missing: pip install '{extra}'" in last


def test_an_unknown_scheme_is_told():
    with pytest.raises(InputError, match="nope://host: Protocol not known: nope"):
        stores.filesystem("nope://host/x", {})


def test_a_wrong_profile_is_told_at_once():
    store = stores.filesystem("s3://bucket/x", {"profile": "no-such-profile"})
    with pytest.raises(RemoteError, match=r"profile \(no-such-profile\) could not be found"):
        persistently("s3://bucket/x", (60,), lambda: store.info("s3://bucket/x"))


class Failing:
    """Work that fails so many times, and then is done."""

    def __init__(self, error, times=100):
        self.error, self.times, self.calls = error, times, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return "done"


@pytest.mark.parametrize("error", [
    ConnectionResetError(), TimeoutError(), OSError(errno.EIO, "cut"), RuntimeError("whatever"),
])  # fmt: skip
def test_what_may_pass_is_tried_again(error):
    assert persistently("x://y", (0, 0), Failing(error, 2)) == "done"
    work = Failing(error)
    with pytest.raises(RemoteError, match="after 3 tries"):
        persistently("x://y", (0, 0), work)
    assert work.calls == 3


@pytest.mark.parametrize("error", [
    PermissionError("no"), FileNotFoundError("x"), IsADirectoryError("x"), ValueError("x"),
    OSError(errno.EBUSY, "replaced"), type("NoCredentialsError", (Exception,), {})("none"),
])  # fmt: skip
def test_what_will_not_pass_is_not(error):
    work = Failing(error)
    with pytest.raises(OSError, match=r".") as told:
        persistently("x://y", (0, 0), work)
    assert work.calls == 1
    assert told.value.filename == "x://y"
    assert isinstance(told.value, RemoteError) != isinstance(error, FileNotFoundError)


def test_no_query_of_a_url_is_told():
    said = words(OSError("503, url='https://cdn.example/x?X-Amz-Signature=abc&sig=1'\n  twice"))
    assert said == "503, url='https://cdn.example/x?…' twice"
    signed = OSError("https://cdn.example/x?signature=" + "abc" * 2)
    with pytest.raises(RemoteError) as error:
        persistently("x://y", (), Failing(signed))
    assert "abcabc" not in "".join(traceback.format_exception(error.value))


def test_an_error_of_ours_is_raised_as_it_is():
    with pytest.raises(InputError, match=r"^no library$"):
        persistently("x://y", (60,), Failing(InputError("no library")))
