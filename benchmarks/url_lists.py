"""Lists of a million domains: until a worker is ready, and how quickly URLs are looked up."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

DOMAINS = 1_000_000
URLS = 50_000
HOSTS = 5_000

TITLE = "A block list of a million domains"
NOTE = """\
Each in a process of its own: seconds until the list is ready, imports aside, the first time and
from the cache that workers share; then microseconds for each of 50,000 URLs of 5,000 hosts. Wall
time and processor time; they differ where the machine has other work.
"""

LOAD = """
import json, random, sys, time
from pathlib import Path
import polars
import pyarrow as pa
from eurosift.filters import url_lists as u
from eurosift.filters.hosts import names_of
n_urls, n_hosts = map(int, sys.argv[2:])
names_of("warm.example.org")
wall, cpu = time.perf_counter(), time.process_time()
table = u.load_table(u.find_lists({"list": Path(sys.argv[1])}))
loaded = time.perf_counter() - wall, time.process_time() - cpu
rng = random.Random(2)
urls = pa.array([
    f"https://www.host{rng.randrange(n_hosts)}.co.uk/a/b/{i}.html" for i in range(n_urls)
])
wall, cpu = time.perf_counter(), time.process_time()
for start in range(0, n_urls, 1024):
    u.match(table, urls.slice(start, 1024))
spent = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps([len(table.hashes), *loaded, *(s / n_urls * 1e6 for s in spent)]))
"""


def main() -> None:
    rng = random.Random(1)
    rows = []
    with tempfile.TemporaryDirectory(prefix="lists-") as folder:
        domains = Path(folder) / "domains"
        names = (
            f"site{rng.randrange(10**9)}.example{rng.randrange(99)}.com" for _ in range(DOMAINS)
        )
        domains.write_text("".join(f"{name}\n" for name in names))
        environment = os.environ | {"XDG_CACHE_HOME": f"{folder}/cache"}
        for what in ("first time", "from the cache"):
            command = [sys.executable, "-c", LOAD, str(domains), str(URLS), str(HOSTS)]
            done = subprocess.run(
                command, env=environment, check=True, stdout=subprocess.PIPE, text=True
            )
            n, wall, cpu, url_wall, url_cpu = json.loads(done.stdout)
            rows.append(
                {
                    "loaded": what,
                    "entries": n,
                    "seconds": round(wall, 2),
                    "CPU seconds": round(cpu, 2),
                    "µs per URL": round(url_wall, 1),
                    "CPU µs per URL": round(url_cpu, 1),
                }
            )
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
