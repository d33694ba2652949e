"""WARC files as tests want them, and the development data where it is at hand."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.stages.extract import Extract, ExtractConfig
from eurosift.stages.source import Account

WEB = Path(__file__).parents[4] / "shared" / "data" / "web"


def page_html(number: int) -> bytes:
    sentence = f"Paragraph of article number {number} on the price of bread in seven cities."
    return (
        f'<html lang="en"><head><title>Title {number}</title></head><body><article>'
        f"{'<p>' + sentence + '</p>'}{'<p>Bakers say that the harvest was poor.</p>' * 5}"
        "</article></body></html>"
    ).encode()


def warc_record(block: bytes, *, kind: str = "response", **headers: str) -> bytes:
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:00000000-0000-0000-0000-000000000000>",
        "WARC-Date": "2024-05-06T07:08:09Z",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def response(
    number: int = 0,
    *,
    body: bytes | None = None,
    status: str = "HTTP/1.1 200 OK",
    content_type: str | None = "text/html; charset=utf-8",
    headers: tuple[tuple[str, str], ...] = (),
    **warc: str,
) -> bytes:
    lines = [status, *([f"Content-Type: {content_type}"] if content_type else [])]
    lines += [f"{name}: {value}" for name, value in headers]
    block = "\r\n".join(lines).encode() + b"\r\n\r\n"
    block += page_html(number) if body is None else body
    return warc_record(block, **{"WARC_Target_URI": f"http://ex{number}.example/", **warc})


@dataclass
class Outcome:
    rows: list[dict[str, Any]]
    account: Account = field(default_factory=Account)

    @property
    def texts(self) -> list[str | None]:
        return [row["text"] for row in self.rows]

    @property
    def lost(self) -> list[tuple[str, int]]:
        return [(loss["reason"], loss["offset"]) for loss in self.account.losses]

    @property
    def numbers(self) -> list[int]:
        """Numbers of the pages that came back."""
        return [int(row["title"].split()[1]) for row in self.rows if row["title"]]


@pytest.fixture(scope="session")
def web() -> Path:
    if not WEB.exists():
        pytest.skip("development data is not at ../shared/data/web")
    return WEB


@pytest.fixture(scope="session")
def make_response() -> Callable[..., bytes]:
    return response


@pytest.fixture(scope="session")
def make_record() -> Callable[..., bytes]:
    return warc_record


@pytest.fixture(scope="session")
def make_page() -> Callable[[int], bytes]:
    return page_html


@pytest.fixture(scope="session")
def members() -> list[bytes]:
    """Twenty responses, each a gzip member."""
    return [gzip.compress(response(i), mtime=0) for i in range(20)]


@pytest.fixture
def extract(tmp_path: Path) -> Callable[..., Outcome]:
    """Run the stage over bytes or a file; resiliparse unless told, because it is quick."""

    def run(data: bytes | Path, name: str = "crawl/x.warc.gz", **config: Any) -> Outcome:
        path = data if isinstance(data, Path) else tmp_path / name
        if not isinstance(data, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        settings = {"format": "warc", "engine": "resiliparse", **config}
        stage = Extract(ExtractConfig(**settings), name="extract")
        stage.open()
        outcome = Outcome([])
        for batch in stage.read(path, name, outcome.account):
            assert batch.schema == stage.adds
            outcome.rows += batch.to_pylist()
        return outcome

    return run


@pytest.fixture(params=["parquet", "jsonl"])
def table(request, tmp_path):
    """Write rows in one of the formats; return the stage and the path."""

    def write(rows, columns=None, **more):
        path = tmp_path / f"x.{request.param}"
        if request.param == "parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        else:
            path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        config = ExtractConfig(format=request.param, columns=columns or {}, **more)
        return Extract(config, name="extract"), path

    return write
