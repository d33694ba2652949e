"""A manifest from elsewhere leads to files of a release, or is refused."""

from __future__ import annotations

import orjson
import pytest

from eurosift.pipeline import manifests
from eurosift.pipeline.digest import of_document
from eurosift.pipeline.errors import InvariantError
from eurosift.stages.release.manifest import FORMAT

KEPT = {
    "path": "data/mlt_Latn/test-00000-of-00001.parquet",
    "language": "mlt_Latn",
    "split": "test",
}
REFUSED = {"path": "rejected/und/rejected-00000-of-00001.parquet", "language": "und"}


def write(folder, files, attached=(), **change):
    manifest = {"format": FORMAT, "files": files, "attached": dict.fromkeys(attached, "")} | change
    manifest["digest"] = of_document(manifest)
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))


def test_files_of_a_release_are_read(tmp_path):
    write(tmp_path, [KEPT, REFUSED], ["README.md", "SHA256SUMS", "croissant.json"])
    assert manifests.read(tmp_path)["files"] == [KEPT, REFUSED]


@pytest.mark.parametrize(
    "change",
    [
        {"path": "../secret"},
        {"path": "/etc/passwd"},
        {"path": "data/../../secret-00000-of-00001.parquet"},
        {"path": "data/mlt_Latn/../../../x-00000-of-00001.parquet"},
        {"path": "data/mlt_Latn/test-00000-of-00001.parquet\n"},
        {"language": "../../evil"},
        {"split": "../evil"},
        {"split": "train"},
    ],
)
def test_other_paths_are_refused(tmp_path, change):
    write(tmp_path, [KEPT | change])
    with pytest.raises(InvariantError, match="which is no file of a release"):
        manifests.read(tmp_path)


@pytest.mark.parametrize("name", ["../README.md", "/etc/passwd", "a/b", "..", "x\x1b"])
def test_attached_files_lie_beside_the_manifest(tmp_path, name):
    write(tmp_path, [KEPT], [name])
    with pytest.raises(InvariantError, match="which is no file of a release"):
        manifests.read(tmp_path)


def test_another_format_is_told(tmp_path):
    write(tmp_path, [KEPT], format=99)
    with pytest.raises(InvariantError, match=f"is of format 99, and this eurosift reads {FORMAT}"):
        manifests.read(tmp_path)


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(InvariantError, match="cannot be read"):
        manifests.read(tmp_path)
