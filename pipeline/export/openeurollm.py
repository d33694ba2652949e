"""A release in the layout of OpenEuroLLM's training-data collection.

::

    clean/mlt_Latn/train-00000-of-00002.jsonl.zst      documents of the split `train`
    noisy/mlt_Latn/noisy-00000.jsonl.zst               rejected by the rules of quality alone
    blocked/                                           empty: no stage opts documents out
    held_out/test/mlt_Latn/test-00000-of-00001.jsonl.zst   other splits, which are not for training
    counts/<part>/source.json                          sizes, tokens, keys of the records
    md5/<part>/source.md5                              for `md5sum --check` in the folder above
    metadata.yaml                                      what their tools ask of a data set

Layout and names are those of OpenEuroLLM/training-data-collection and HPLT 4.0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from eurosift.pipeline import manifests
from eurosift.pipeline.counts.figures import Tokens
from eurosift.pipeline.counts.openeurollm import as_text, path_of, source_counts
from eurosift.pipeline.dag import Node
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.export.jsonl import WORDS, JsonlWriter, Written
from eurosift.pipeline.export.noisy import LABEL, REASONS, noisy_rows, rejected_only_by
from eurosift.pipeline.export.records import COLUMNS, records
from eurosift.pipeline.new_folder import new_folder
from eurosift.pipeline.shards import read_batches, write_text
from eurosift.pipeline.tasks import Run
from eurosift.stages.base import FURTHER_TOKENS
from eurosift.stages.count import TOKENS
from eurosift.stages.release.columns import TRAIN
from eurosift.stages.release.manifest import NAME

SUFFIX = ".jsonl.zst"
CLEAN, NOISY, BLOCKED, HELD_OUT = "clean", "noisy", "blocked", "held_out"
FILE_BYTES = 1 << 30
"""Bytes of text after which the next noisy file begins."""


@dataclass(frozen=True)
class Source:
    """What is exported.

    Attributes
    ----------
    folder
        A release.
    run, node
        The run and the stage that it is of; None where there is nothing but the release.
    """

    folder: Path
    run: Run | None = None
    node: Node | None = None


@dataclass(frozen=True)
class Exported:
    """What an export came to.

    Attributes
    ----------
    parts
        What is in each part.
    tokens
        Tokens of each part, see `tokens_of`.
    no_noise
        Why there are no noisy documents.
    """

    parts: Mapping[str, Written]
    tokens: Mapping[str, Tokens | None]
    no_noise: str


def export(source: Source, to: Path, workers: int = 1) -> Exported:
    """Write a release into a new folder, which appears when it is complete.

    The bytes follow from the release alone, not from the clock, the number of workers, or the
    machine. Memory does not grow with the release.

    Raises
    ------
    QueryError
        If there is something in the folder already.
    InvariantError
        If the manifest or a file is missing or damaged, or a file does not have its rows.
    """
    with new_folder(to) as scratch:
        manifest = manifests.read(source.folder)
        for name in (CLEAN, NOISY, BLOCKED):
            (scratch / name).mkdir()
        parts = _kept(source, manifest, scratch, workers)
        no_noise = _noisy(source, manifest, scratch, parts)
        for part, written in sorted(parts.items()):
            write_text(scratch / path_of(part), _counts_text(written, manifest))
            lines = (f"{md5}  {name}\n" for name, md5 in sorted(written.md5.items()))
            write_text(scratch / f"md5/{part}/source.md5", "".join(lines))
        write_text(scratch / "metadata.yaml", _metadata(manifest, sorted(parts)))
    tokens = {part: tokens_of(written, manifest) for part, written in parts.items()}
    return Exported(dict(sorted(parts.items())), tokens, no_noise)


def _kept(
    source: Source, manifest: Mapping[str, Any], root: Path, workers: int
) -> dict[str, Written]:
    entries = [entry for entry in manifest["files"] if "split" in entry]
    columns = _columns(manifest)
    jobs = [(source.folder / e["path"], columns, e["rows"], root, _target(e)) for e in entries]
    parts: dict[str, Written] = {}
    with ExitStack() as stack:
        done: Iterator[Written] = map(_convert, jobs)
        if workers > 1:
            context = get_context("forkserver")
            done = stack.enter_context(ProcessPoolExecutor(workers, context)).map(_convert, jobs)
        for (*_, target), written in zip(jobs, done, strict=True):
            parts.setdefault(target.rsplit("/", 1)[0], Written()).add(written)
    return parts


def _columns(manifest: Mapping[str, Any]) -> list[str]:
    """Columns that are needed, of those that the release has."""
    wanted = (*COLUMNS, WORDS, *_tokenizers(manifest))
    return [name for name in wanted if name in manifest["columns"]["data"]]


def _tokenizers(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Digests of each tokenizer by its column: that without a name first, then by name."""
    named = manifest["further_tokenizers"]
    unnamed = {TOKENS: manifest["tokenizers"]} if manifest["tokenizers"] else {}
    return unnamed | {f"{FURTHER_TOKENS}{name}": named[name] for name in sorted(named)}


def _target(entry: Mapping[str, Any]) -> str:
    """Where a file of kept documents goes."""
    stem = Path(entry["path"]).name.removesuffix(".parquet")
    split = entry["split"]
    part = CLEAN if split == TRAIN else f"{HELD_OUT}/{split}"
    return f"{part}/{entry['language']}/{stem}{SUFFIX}"


def _convert(job: tuple[Path, Sequence[str], int, Path, str]) -> Written:
    path, columns, rows, root, target = job
    with JsonlWriter(root, target) as writer:
        for batch in read_batches(path, columns):
            _write(writer, batch, records(batch))
    found = writer.written.sizes.documents
    if found != rows:
        raise InvariantError(f"{path}: has {found} rows, but {rows} in {NAME}")
    return writer.written


def _write(writer: JsonlWriter, batch: pa.RecordBatch, rows: Iterator[Mapping[str, Any]]) -> None:
    names = [name for name in batch.schema.names if name == WORDS or name.startswith(TOKENS)]
    for record, counts in zip(rows, batch.select(names).to_pylist(), strict=True):
        writer.write(record, counts)


def _noisy(
    source: Source, manifest: Mapping[str, Any], root: Path, parts: dict[str, Written]
) -> str:
    """Write noisy documents; says why there are none."""
    quality = quality_stages(manifest)
    if not quality:
        return "no stage of quality rules was at work"
    if source.run is not None and source.node is not None:
        rows = noisy_rows(source.run, source.node, _columns(manifest), quality)
        _write_noisy(rows, root, parts)
        return ""
    if not manifest["rejected_text"]:
        return "a release alone has no text of rejected documents: export the run"
    if manifest["pii"] is not None:
        return "the text of rejected documents in the release is not scrubbed: export the run"
    _write_noisy(_rejected(source.folder, manifest, quality), root, parts)
    return ""


def quality_stages(manifest: Mapping[str, Any]) -> list[str]:
    """Names of the stages that apply rules of quality, told by their parameters."""
    return [
        name
        for name in manifest["deciding_stages"]
        if {"rules", "disable", "thresholds"} <= manifest["stages"][name]["config"].keys()
    ]


def _rejected(
    folder: Path, manifest: Mapping[str, Any], quality: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Noisy rows of a release that has the text of rejected documents."""
    for entry in manifest["files"]:
        if "split" in entry:
            continue
        for batch in read_batches(folder / entry["path"]):
            alone = rejected_only_by(batch.column("rejected_by"), quality)
            chosen = batch.filter(pc.and_(alone, batch.column("text").is_valid()))
            if chosen.num_rows:
                label = pa.repeat(pa.scalar(entry["language"], pa.string()), chosen.num_rows)
                yield chosen.append_column(LABEL, label)


def _write_noisy(rows: Iterator[pa.RecordBatch], root: Path, parts: dict[str, Written]) -> None:
    """Distribute rows to the files of their languages, one open file each."""
    numbers: Counter[str] = Counter()
    writers: dict[str, JsonlWriter] = {}
    with ExitStack() as stack:
        for batch in rows:
            labels = batch.column(LABEL)
            for label in sorted(set(labels.to_pylist())):
                writer = writers.get(label)
                if writer is None:
                    name = f"{NOISY}/{label}/noisy-{numbers[label]:05d}{SUFFIX}"
                    writer = writers[label] = stack.enter_context(JsonlWriter(root, name))
                    numbers[label] += 1
                mine = batch.filter(pc.equal(labels, label))
                _write(writer, mine, records(mine, REASONS))
                if writer.written.sizes.bytes >= FILE_BYTES:
                    writer.close()
                    parts.setdefault(f"{NOISY}/{label}", Written()).add(writer.written)
                    del writers[label]
    for label, writer in sorted(writers.items()):
        parts.setdefault(f"{NOISY}/{label}", Written()).add(writer.written)


def _counts_text(written: Written, manifest: Mapping[str, Any]) -> str:
    documents = written.sizes.documents
    counts = source_counts(
        written.sizes,
        tokens_of(written, manifest),
        files=len(written.md5),
        file_bytes=written.file_bytes,
        required=[key for key, n in written.keys.items() if n == documents],
        optional=[key for key, n in written.keys.items() if n < documents],
    )
    further = {
        column.removeprefix(FURTHER_TOKENS): written.counts.get(column)
        for column in _tokenizers(manifest)
        if column != TOKENS
    }
    ours = {"words": written.counts.get(WORDS)} | ({"tokens_by_name": further} if further else {})
    return as_text(counts | ours)


def tokens_of(written: Written, manifest: Mapping[str, Any]) -> Tokens | None:
    """Tokens of a part by the tokenizer without a name, or else by the first that has one.

    None if there is no tokenizer, or the release was made without its column.
    """
    for column, digests in _tokenizers(manifest).items():
        if column in written.counts:
            name = column.removeprefix(FURTHER_TOKENS) if column != TOKENS else ""
            words = f"{name} ({', '.join(digests)})" if name else ", ".join(digests)
            one = digests[0].removeprefix("sha256:") if len(digests) == 1 else None
            return Tokens(words, one, "exact", written.counts[column])
    return None


def _metadata(manifest: Mapping[str, Any], parts: Sequence[str]) -> str:
    told = {
        "name": manifest["title"],
        "version": manifest["release_version"],
        "url": manifest["url"],
        "license": manifest["license"],
    }
    document = {
        **{name: value for name, value in told.items() if value},
        "suffix": SUFFIX,
        "text": "text",
        "id": "id",
        "release": {
            "default": {
                "input": "source",
                "sample": "full",
                "pack": "tree",
                "scrub": [],
                "mask": [],
                "block": [],
            }
        },
        "source": {"default": {"annotations": []}, **dict.fromkeys(parts)},
        "manifest": {"digest": manifest["digest"], "made_with": manifest["made_with"]},
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
