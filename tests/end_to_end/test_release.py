"""A release that others use at once: readers, checks, figures, exports, by the command line."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess

import duckdb
import orjson
import polars as pl
import pyarrow.parquet as pq
import pytest
import yaml
import zstandard

from eurosift.langid.languages import EU24

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def release(demo, tmp_path_factory):
    """The release of the demo, away from its run."""
    folder = tmp_path_factory.mktemp("elsewhere") / "release"
    made = demo / "runs/demo/release"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns(".parts"))
    return folder


@pytest.fixture(scope="module")
def exported(demo, tmp_path_factory, command):
    """The demo in the layout of OpenEuroLLM."""
    folder = tmp_path_factory.mktemp("export") / "oellm"
    command("export", demo / "recipe.yaml", "--to", folder, "--format", "openeurollm")
    return folder


def manifest_of(release):
    return json.loads((release / "manifest.json").read_text())


def records(path):
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    return [orjson.loads(line) for line in content.splitlines()]


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def by_duckdb(release, folder="data", split="*"):
    """Sums over the rows of each folder, from nothing but the files."""
    query = f"""
        SELECT regexp_extract(filename, '{folder}/([^/]+)/', 1) AS label, count(*),
               sum(length(text)), sum(octet_length(encode(text))), sum(n_words), sum(n_segments),
               count(DISTINCT id)
        FROM read_parquet('{release}/{folder}/*/{split}-*.parquet', filename = true)
        GROUP BY 1
    """
    columns = ("documents", "characters", "bytes", "words", "segments", "ids")
    return {
        row[0]: dict(zip(columns, row[1:], strict=True)) for row in duckdb.sql(query).fetchall()
    }


class TestReaders:
    def test_datasets_streams_a_named_configuration(self, release, with_datasets):
        code = (
            "import sys, datasets\n"
            "folder = sys.argv[1]\n"
            "stream = datasets.load_dataset(folder, 'mlt_Latn', split='train', streaming=True)\n"
            "print(*(row['id'] for row in stream))\n"
            "everything = datasets.load_dataset(folder, split='train', streaming=True)\n"
            "assert next(row['language'] for row in list(everything)) == 'bul_Cyrl'\n"
        )
        ids = with_datasets(code, release).split()
        wanted = pl.read_parquet(release / "data/mlt_Latn/*.parquet")["id"].to_list()
        assert ids == wanted

    def test_pandas_and_polars_and_duckdb_read_the_same(self, release):
        import pandas as pd

        frame = pd.read_parquet(release / "data", columns=["id", "text", "n_words"])
        lazy = pl.scan_parquet(release / "data/**/*.parquet").select("id", "text", "n_words")
        rows = duckdb.sql(f"SELECT id, text, n_words FROM '{release}/data/*/*.parquet'").fetchall()
        assert sorted(frame.itertuples(index=False, name=None)) == sorted(lazy.collect().rows())
        assert sorted(rows) == sorted(lazy.collect().rows())

    def test_page_index_statistics_and_compression_are_there(self, release):
        for path in release.rglob("*.parquet"):
            chunk = pq.read_metadata(path).row_group(0).column(0)
            assert chunk.compression == "ZSTD"
            assert chunk.has_offset_index
            assert chunk.has_column_index


class TestVerify:
    def test_a_release_without_its_run(self, release, command):
        done = command("verify", release)
        assert "files, ids and all figures agree" in done.stderr

    def test_coreutils_agree(self, release):
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=release, check=True)

    def test_damage_is_named(self, release, tmp_path, command):
        folder = tmp_path / "release"
        shutil.copytree(release, folder)
        path = next((folder / "data/mlt_Latn").iterdir())
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        (folder / "README.md").write_text(
            (folder / "README.md").read_text().replace("| 3 |", "| 4 |")
        )
        done = command("verify", folder, check=False)
        assert done.returncode == 4
        assert f"eurosift: data/mlt_Latn/{path.name}: is damaged" in done.stderr
        assert "README.md: is not what was written with manifest.json; other figures" in done.stderr


class TestFigures:
    """Every output says the same; DuckDB adds it up once more, from the rows alone."""

    def test_manifest(self, release):
        found = by_duckdb(release)
        told = manifest_of(release)["languages"]
        assert set(found) == set(EU24)
        for label, sums in found.items():
            assert {name: told[label][name] for name in sums if name != "ids"} == {
                name: value for name, value in sums.items() if name != "ids"
            }
            assert sums["ids"] == sums["documents"]

    def test_manifest_on_identifiers_and_rejects(self, release):
        query = f"""
            SELECT language, span.type, count(*)
            FROM (SELECT language, unnest(pii) AS span FROM '{release}/data/*/*.parquet')
            GROUP BY ALL
        """
        found = {}
        for label, kind, n in duckdb.sql(query).fetchall():
            found.setdefault(label, {})[kind] = n
        told = manifest_of(release)["languages"]
        assert found == {label: f["pii"] for label, f in told.items() if f["pii"]}
        query = f"""
            SELECT label, reason, count(*) FROM (
                SELECT regexp_extract(filename, 'rejected/([^/]+)/', 1) AS label,
                       unnest(list_distinct(reasons)) AS reason
                FROM read_parquet('{release}/rejected/*/*.parquet', filename = true)
            ) GROUP BY ALL
        """
        reasons = {}
        for label, reason, n in duckdb.sql(query).fetchall():
            reasons.setdefault(label, {})[reason] = n
        assert reasons == {
            label: f["reasons"] for label, f in manifest_of(release)["rejected"].items()
        }

    def test_footers(self, release):
        for entry in manifest_of(release)["files"]:
            metadata = pq.read_metadata(release / entry["path"])
            facts = json.loads(metadata.metadata[b"eurosift"])["facts"]
            assert entry["rows"] == metadata.num_rows == facts["documents"]

    def test_card(self, release):
        row = re.compile(
            r"^\| `(\w+)` \| [^|]+ \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| n/a \|", re.MULTILINE
        )
        card = (release / "README.md").read_text()
        told = {
            match[1]: [int(n.replace(",", "")) for n in match.groups()[1:]]
            for match in row.finditer(card)
        }
        found = by_duckdb(release)
        assert told == {
            label: [sums["documents"], sums["characters"], sums["words"]]
            for label, sums in found.items()
        }

    def test_croissant(self, release):
        described = json.loads((release / "croissant.json").read_text())
        files = [entry for entry in described["distribution"] if "sha256" in entry]
        assert {entry["contentUrl"]: entry["sha256"] for entry in files} == {
            name: sha256 for name, sha256 in hashes(release).items() if name.endswith(".parquet")
        }
        assert [each["name"] for each in described["recordSet"]] == list(EU24)

    def test_report(self, release, demo, command):
        told = command("report", demo / "recipe.yaml", "--by", "stages", "--format", "json").stdout
        rows = {r["language"]: r for r in json.loads(told)["stages"] if r["stage"] == "count"}
        for label, sums in by_duckdb(release).items():
            names = ("characters", "words", "bytes", "segments")
            assert [rows[label][n] for n in names] == [sums[n] for n in names]
            assert rows[label]["kept"] == sums["documents"]

    def test_counts_of_the_export(self, release, exported):
        for label, sums in by_duckdb(release).items():
            counts = json.loads((exported / f"counts/clean/{label}/source.json").read_text())
            names = ("documents", "characters", "words", "segments")
            assert [counts[n] for n in names] == [sums[n] for n in names]


class TestExport:
    def test_layout(self, exported):
        assert {path.name for path in exported.iterdir()} == {
            *("clean", "noisy", "blocked", "counts", "md5", "metadata.yaml")
        }
        assert {path.name for path in (exported / "clean").iterdir()} == set(EU24)
        assert list((exported / "blocked").iterdir()) == []
        metadata = yaml.safe_load((exported / "metadata.yaml").read_text())
        assert (metadata["suffix"], metadata["text"], metadata["id"]) == (
            ".jsonl.zst",
            "text",
            "id",
        )
        assert set(metadata["source"]) - {"default"} == {
            str(path.relative_to(exported))
            for name in ("clean", "noisy")
            for path in (exported / name).iterdir()
        }

    def test_the_bytes_do_not_depend_on_time_or_workers(self, demo, exported, tmp_path, command):
        command("export", demo / "recipe.yaml", "--to", tmp_path / "again", "--workers", 2)
        assert hashes(tmp_path / "again") == hashes(exported)

    def test_clean_is_what_the_release_keeps(self, release, exported):
        for label in ("mlt_Latn", "ell_Grek"):
            (path,) = (exported / "clean" / label).iterdir()
            rows = pl.read_parquet(release / f"data/{label}/*.parquet")
            found = records(path)
            assert [r["text"] for r in found] == rows["text"].to_list()
            assert [r["u"] for r in found] == rows["url"].to_list()
            assert all(r["filter"] == "keep" and "noise" not in r for r in found)
            for record in found:
                assert len(record["seg_langs_eurosift"]) == len(record["text"].split("\n"))

    def test_noisy_is_what_quality_alone_rejects(self, release, exported):
        rejected = pl.read_parquet(release / "rejected/**/*.parquet")
        wanted = rejected.filter(
            pl.col("rejected_by").list.eval(pl.element()).list.join(",") == "quality"
        )
        found = {r["id"]: r for path in (exported / "noisy").rglob("*.zst") for r in records(path)}
        assert set(found) == set(wanted["id"].to_list())
        assert found
        for name, reasons in wanted.select("id", "reasons").iter_rows():
            assert found[name]["noise"] == [r.removeprefix("quality:") for r in reasons]

    def test_md5_sums_are_those_of_the_files(self, exported):
        sums = sorted((exported / "md5").rglob("*.md5"))
        text = "".join(path.read_text() for path in sums)
        assert len(text.splitlines()) == len(list(exported.rglob("*.jsonl.zst")))
        subprocess.run(
            ["md5sum", "--check", "--quiet"], input=text, text=True, cwd=exported, check=True
        )

    def test_a_release_alone_gives_the_same_clean_part_and_says_why_nothing_is_noisy(
        self, release, exported, tmp_path, command
    ):
        done = command("export", release, "--to", tmp_path / "alone")
        assert "no noisy documents: a release alone has no text of rejected" in done.stderr
        clean = {n: h for n, h in hashes(tmp_path / "alone").items() if "clean" in n}
        assert clean == {n: h for n, h in hashes(exported).items() if "clean" in n}
        assert list((tmp_path / "alone/noisy").iterdir()) == []

    def test_nothing_is_overwritten(self, release, exported, command):
        before = hashes(exported)
        done = command("export", release, "--to", exported, check=False)
        assert done.returncode == 2
        assert "is there already" in done.stderr
        assert hashes(exported) == before

    def test_a_damaged_release_leaves_nothing_behind(self, release, tmp_path, command):
        folder = tmp_path / "release"
        shutil.copytree(release, folder)
        path = next((folder / "data/swe_Latn").iterdir())
        path.write_bytes(path.read_bytes()[:-50])
        done = command("export", folder, "--to", tmp_path / "out", check=False)
        assert done.returncode == 4
        assert path.name in done.stderr
        assert sorted(p.name for p in tmp_path.iterdir()) == ["release"]
