"""Inputs by URL: reading and extracting crawl files from a store against the same from disk.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/remote.py
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from functools import partial
from pathlib import Path

import boto3

from eurosift.stages.extract import Extract, ExtractConfig
from eurosift.stages.extract.remote import Remote
from eurosift.stages.extract.warc import read_records
from eurosift.stages.source import Account

ROOT = Path(__file__).parents[1]
WARC = ROOT.parent / "shared" / "data" / "web" / "warc"
TITLE = "Inputs by URL"
NOTE = """\
Crawl files of the development set from a store on the same machine (moto's S3 server, and the same
files from it as by plain HTTP, in a process of its own) against the same files from disk, in turns,
best of the rounds. `read`: the records alone, of a file of about 100 MB. `extract`: the stage
with its defaults, of one file of 5 MB. Time is processor time of the reader, without the server's.
What a network adds is not in it: a worker asks for 8 MB at a time, and waits for them.

"""
TIMES = 18
ROUNDS = 5
LIMIT = 10_000_000
BUCKET = "crawl"


@contextlib.contextmanager
def store():
    """Address of an S3 server in a process of its own."""
    program = (
        "from moto.server import ThreadedMotoServer as Server; import sys\n"
        "server = Server(ip_address='127.0.0.1', port=0, verbose=False); server.start()\n"
        "print(server.get_host_and_port()[1], flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as server:  # fmt: skip
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.stdin.close()


def read(path):
    return sum(1 for _ in read_records(path, LIMIT, Account()))


def extract(stage, path):
    return sum(len(batch) for batch in stage.read(path, path.name, Account()))


def compare(name, work, places, size):
    """A row for each place: how many records or pages, and times beside those from disk."""
    spent, found = defaultdict(list), {}
    for _ in range(ROUNDS):
        for place, make in places.items():
            path = make()  # anew: what was read of a file is kept for a while
            start = time.process_time()
            found[place] = work(path)
            spent[place].append(time.process_time() - start)
    assert len(set(found.values())) == 1, found
    best = {place: min(seconds) for place, seconds in spent.items()}
    return [
        {
            "work": name,
            "from": place,
            "rows": found[place],
            "MB/s": f"{size / seconds / 1e6:.1f}",
            "time": f"{seconds / best['disk']:.2f}×",
        }
        for place, seconds in best.items()
    ]


def measure():
    if not WARC.exists():
        return [{"work": f"not measured: there is no {WARC.relative_to(ROOT.parent)}"}]
    logging.disable(logging.CRITICAL)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        os.environ.setdefault(name, "generated-for-tests")
    small = min(WARC.glob("*.gz"))
    rows = []
    with store() as endpoint, tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "large.warc.gz")
        large.write_bytes(
            b"".join(p.read_bytes() for p in sorted(WARC.glob("*.gz"))) * (TIMES // 3)
        )
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET, ACL="public-read")
        stage = Extract(ExtractConfig(), name="extract")
        stage.open()
        for name, work, path in (
            ("read", read, large),
            ("extract", partial(extract, stage), small),
        ):
            client.upload_file(str(path), BUCKET, path.name)
            places = {
                "disk": partial(Path, path),
                "s3": partial(Remote, f"s3://{BUCKET}/{path.name}", {"endpoint_url": endpoint}),
                "http": partial(Remote, f"{endpoint}/{BUCKET}/{path.name}", {}),
            }
            rows += compare(name, work, places, path.stat().st_size)
    return rows


if __name__ == "__main__":
    print(json.dumps(measure()))
