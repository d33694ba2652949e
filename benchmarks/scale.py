"""What `status`, `plan` and `report` take on large runs: 2,000 and 5,000 shards of the standard
recipe, with 20 events for each shard.

The run is made of real, sealed files: every one is written by `ShardWriter` with the fingerprint,
tallies and facts that its stage would give it, so that all is up to date and balances. The rows are
random, and there are few of them, as none of the three commands looks at rows. Inputs are small:
for an input that is not in the index, `status` and `plan` read up to 2 MiB, which depends on the
disk alone.

Each command runs as a process of its own on one pinned core: without the index of the run folder
(cold), then with what `run` leaves there after each stage (warm).
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from children import Spent, run_alone

from eurosift.langid.languages import EU24
from eurosift.pipeline import digest, index, plan, recipe, settled
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.shards import ShardWriter, write_text
from eurosift.pipeline.stamp import Stamp
from eurosift.pipeline.states import LAYER, Task
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.work import commit
from eurosift.stages.footer import UNDETERMINED, Tally
from eurosift.stages.phases import DocumentPhase, TablePhase

TITLE = "Large runs"
NOTE = """The best of three rounds of each command, a process of its own on one core. `cold`:
without the index of the run folder; `warm`: with what `run` leaves there after each stage. All work
items are done; files are those of all stages and phases. Other processes were running on the
machine: processor seconds say more than wall seconds."""
COLUMNS = ("name", "shards", "events", "files", "index", "wall s", "processor s", "peak RSS MB")
SHARDS = (2_000, 5_000)
ROUNDS = 3
COMMANDS = (("status",), ("plan",), ("report",), ("report", "--html=-"))
LANGUAGES = sorted(EU24)
CHUNK = 125
_SKIPPED = {"image": 211, "no_response": 2_094, "redirect": 307, "request": 2_401}
_REASONS = {
    "langid": ("junk", "low_confidence", "too_short"),
    "quality": (
        *("char_dup_ratio", "gopher_short_doc", "gopher_bullets", "gopher_ellipsis"),
        *("line_punct_ratio", "new_line_ratio", "top_2_gram", "top_3_gram", "dup_n_10"),
    ),
    "dedup": ("exact_duplicate", "near_duplicate"),
}
_CHAIN = {
    "langid": ("langid", ""),
    "signals": ("", ""),
    "quality": ("quality", "langid"),
    "dedup": ("dedup", "quality"),
    "pii": ("", "dedup"),
    "count": ("", "dedup"),
}
"""For each layer: what it decides as, and whose verdict it starts from."""
_MEASURES = {
    "langid": ("characters",),
    "signals": ("characters", "words"),
    "quality": ("characters", "words"),
    "dedup": ("characters", "words"),
    "pii": ("characters", "words"),
    "count": ("bytes", "characters", "segments", "words"),
}


def measure(sizes: Sequence[int] = SHARDS, rounds: int = ROUNDS) -> list[dict[str, Any]]:
    return [row for shards in sizes for row in _measure(shards, rounds)]


def _measure(shards: int, rounds: int) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as name:
        files, events = make_run(Path(name), shards)
        target = Path(name) / "recipe.yaml"
        for kind in ("cold", "warm"):
            shutil.rmtree(recipe.load(target).folder / index.FOLDER, ignore_errors=True)
            if kind == "warm":
                _leave_index(target)
            for command in COMMANDS:
                best = min(_child(command, target) for _ in range(rounds))
                figures = (round(best.seconds, 2), round(best.cpu_seconds, 2), round(best.peak_mb))
                row = (f"eurosift {' '.join(command)}", shards, events, files, kind, *figures)
                yield dict(zip(COLUMNS, row, strict=True))


def _leave_index(target: Path) -> None:
    """Leave in the run folder what a coordinator leaves there after each stage."""
    run = Run(*_open(target))
    for node in run.dag.nodes.values():
        settled.remember(run, node)
    stamps: dict[str, Stamp] = {}
    plan.survey(run.dag.recipe, run.plan, stamps=stamps)
    index.save_inputs(run.files.folder, run.plan, stamps)


def _child(command: Sequence[str], target: Path) -> Spent:
    """What one command that says all is done spends on one core."""
    # As after any installation, modules are compiled once: the first round does it.
    compiled = {"PYTHONPYCACHEPREFIX": str(target.parent / "compiled")}
    env = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"} | compiled
    core = str(min(os.sched_getaffinity(0)))
    program = ["taskset", "-c", core, sys.executable, "-m", "eurosift.pipeline"]
    return run_alone([*program, *command, str(target)], env)


def make_run(folder: Path, shards: int) -> tuple[int, int]:
    """Write a recipe and its finished run; returns how many files of stages, and events, it has."""
    template = resources.files("eurosift.pipeline") / "templates/web.yaml"
    target = folder / "recipe.yaml"
    target.write_text(template.read_text("utf-8"), encoding="utf-8")
    (folder / "secrets").mkdir(mode=0o700)
    key = folder / "secrets/pii.key"
    key.touch(mode=0o600)
    key.write_text("0123456789abcdef" * 4 + "\n")
    (folder / "crawl").mkdir()
    for number in range(shards):
        name = f"CC-MAIN-20260712154128-20260712184128-{number:05d}.warc.gz"
        (folder / "crawl" / name).write_bytes(number.to_bytes(8) * 512)
    source = recipe.load(target)
    plan.save(source.folder, plan.make(source))
    launch = Launch.create(source)
    run = Run(*_open(target))
    files = 0
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=spawned) as pool:
        for node in run.dag.nodes.values():
            for phase in node.phases or (None,):
                tasks = run.tasks(node, phase)
                files += len(tasks)
                if isinstance(phase, DocumentPhase):
                    for task in tasks:
                        _write_document(run.files.folder, task)
                    continue
                schema = phase.schema if isinstance(phase, TablePhase) else node.adds
                keys = run.plan.shards
                jobs = [
                    pool.submit(_write_all, run.files.folder, tasks[i : i + CHUNK], schema, keys)
                    for i in range(0, len(tasks), CHUNK)
                ]
                for job in jobs:
                    job.result()
        events = _write_events(run, launch.name)
    return files, events


def _open(target: Path) -> tuple[Any, plan.Plan, RunFiles]:
    source = recipe.load(target)
    found = plan.load(source.folder)
    assert found is not None
    return build_dag(source), found, RunFiles(source.folder)


def _write_document(folder: Path, task: Task) -> None:
    document: dict[str, Any] = {"attached": {}, "fingerprint": task.fingerprint}
    document["digest"] = digest.of_document(document)
    write_text(folder / task.path, json.dumps(document))


def _write_events(run: Run, launch: str) -> int:
    """What a coordinator notes of every item, with a heartbeat now and then; returns how many."""
    common = {"time": "2026-07-12T15:41:28.123Z", "host": "node-0001", "pid": 4711}
    records: list[dict[str, Any]] = [{"event": "start", "launch": launch}]
    for number, node in enumerate(run.dag.nodes.values()):
        todo = {"items": len(run.plan.shards), "todo": len(run.plan.shards)}
        records.append({"event": "phase", "stage": node.name} | todo)
        for shard in run.plan.shards:
            item = {"stage": node.name, "key": shard}
            done = {"rows": 31_000, "seconds": 98.765}
            records += [{"event": "shard_start"} | item, {"event": "shard_done"} | item | done]
            if number % 2:
                beat = {"event": "heartbeat", "stage": node.name, "items": 17, "rows": 527_000}
                records.append(beat)
    records.append({"event": "end", "finished": list(run.dag.nodes), "failed": [], "signal": None})
    path = run.files.folder / "events" / f"{launch}-00000.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(common | record) + "\n" for record in records))
    return len(records)


def _write_all(
    folder: Path, tasks: Sequence[Task], schema: pa.Schema, shards: Sequence[str]
) -> None:
    pa.set_cpu_count(1)
    # The run lives for minutes: it need not survive a power cut, and synchronising takes longest.
    os.fsync = lambda _: None
    tallies = {task.key: _tallies(task) for task in tasks}
    sizes = {
        task.key: sum(tally.rows for tally in tallies[task.key].values()) or 24 for task in tasks
    }
    rng = np.random.default_rng(int(digest.of_json([tasks[0].label]), 16) % (1 << 32))
    rows = _random_rows(schema, max(sizes.values()) + len(tasks), rng)
    for number, task in enumerate(tasks):
        writer = ShardWriter(folder / task.path, schema)
        writer.write(rows.slice(number, sizes[task.key]))
        writer.facts |= _facts(task, shards)
        rejects = digest.of_json([task.label]) if _decides(task) else ""
        commit(writer, task, tallies[task.key], rejects)


def _random_rows(schema: pa.Schema, rows: int, rng: np.random.Generator) -> pa.RecordBatch:
    """Ids are distinct, numbers random, everything else null."""
    columns = []
    for field in schema:
        if field.name == "id":
            column = pa.array([f"{number:032x}" for number in rng.integers(1 << 62, size=rows)])
        elif pa.types.is_floating(field.type) or pa.types.is_integer(field.type):
            column = pa.array(rng.integers(100, size=rows)).cast(field.type)
        else:
            column = pa.nulls(rows, field.type)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _decides(task: Task) -> bool:
    return task.phase == LAYER and (task.stage == "extract" or task.stage in _REASONS)


def _numbers(shard: int, language: int) -> dict[str, int]:
    """How many documents each stage keeps of one language of one shard."""
    found = 35 + (shard * 7 + language * 11) % 13
    kept = {"": found, "langid": found - 3 - (shard + language) % 2}
    kept["quality"] = kept["langid"] - 12 - (shard * 3 + language) % 5
    kept["dedup"] = kept["quality"] - 2 - (shard + language * 5) % 4
    return kept


def _tallies(task: Task) -> dict[str, Tally]:
    if task.phase != LAYER:
        return {}
    shard = int(task.key)
    lost = 11 + shard % 7
    counts = [_numbers(shard, i) for i in range(len(LANGUAGES))]
    if task.stage == "extract":
        kept = sum(count[""] for count in counts)
        reasons = {"empty": lost - 4, "no_text": 4}
        sizes = {"characters": kept * 3_000}
        return {UNDETERMINED: Tally(kept=kept, rejected=lost, reasons=reasons, measures=sizes)}
    decision, before = _CHAIN[task.stage]
    tallies = {}
    for language, count in zip(LANGUAGES, counts, strict=True):
        kept = count[decision or before]
        rejected = count[before] - kept
        names = _REASONS.get(task.stage, ())
        reasons = {name: 1 + (shard + i) % rejected for i, name in enumerate(names)}
        tallies[language] = Tally(
            inactive=count[""] - count[before],
            kept=kept,
            rejected=rejected,
            reasons=reasons if rejected else {},
            measures={
                name: kept * (900 + i * 611 + shard % 89)
                for i, name in enumerate(_MEASURES[task.stage])
            },
        )
    return tallies | {UNDETERMINED: Tally(inactive=lost)}


def _facts(task: Task, shards: Sequence[str]) -> dict[str, Any]:
    name = f"{task.stage}.{task.phase}"
    if task.stage == "extract":
        return {"skipped": _SKIPPED, "losses": [], "quarantined": {}}
    if name == "dedup.sign":
        keys = {"keys": [1, 2], "entries": {"exact": 31, "near": 400}}
        languages = {code: part | keys for code, part in _parts(task.label, LANGUAGES)}
        ids = {"keys": [2, 3], "entries": {"id": 744}}
        scheme = {"n_grams": 5, "bands": 14, "rows": 8, "seed": 1, "format": 1}
        return {"languages": languages, "ids": ids, "scheme": scheme, "short_documents": 17}
    if name == "dedup.match":
        return {"documents": 120_000, "edges": {"exact": 310, "url": 0, "near": 4_012}}
    if name == "dedup.cluster":
        return {"clusters": 4_000, "row_groups": [0, 1]}
    if name == "dedup.members":
        return {"shards": dict(_parts(task.label, shards)), "members_of_earlier_runs": 0}
    if name == "release.parts":
        groups = [
            {"verdict": verdict, "language": language, "rows": 31, "text_bytes": 93_000}
            | {"digest": digest.of_json([task.label, verdict, language])}
            for verdict in ("kept", "rejected")
            for language in (LANGUAGES if verdict == "kept" else [*LANGUAGES, UNDETERMINED])
        ]
        return {"row_groups": groups}
    if task.stage == "release":
        language = task.key.partition("-")[0]
        sizes = dict.fromkeys(("bytes", "characters", "words"), 1_000_000) | {"tokens": None}
        return {"language": language, "documents": 9, **sizes, "pii": {}, "reasons": {}}
    return {}


def _parts(label: str, keys: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, key in enumerate(keys):
        digest_ = digest.of_json([label, key])
        found = {"rows": 31, "row_groups": [number], "starts": [0], "digest": digest_}
        yield key, found


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:]]
    print(json.dumps(measure(sizes or SHARDS), indent=1))
