"""The record that commands leave beside what they have trained."""

import hashlib
import json
from importlib.metadata import version

import click
from click.testing import CliRunner

from eurosift.pipeline.cli.training import described, out_option, write_record


def test_the_record_names_what_went_in_and_what_came_out(tmp_path):
    (tmp_path / "in.tsv").write_bytes(b"text")
    (tmp_path / "model").write_bytes(b"trained")
    table = write_record(tmp_path, ["model"], {"inputs": described([tmp_path / "in.tsv"])})
    model = {"file": "model", "sha256": hashlib.sha256(b"trained").hexdigest(), "bytes": 7}
    record = json.loads((tmp_path / "training.json").read_text())
    assert list(record) == ["schema_version", "eurosift", "inputs", "outputs"]
    assert record["eurosift"] == version("eurosift")
    assert record["inputs"] == [{"file": "in.tsv", "sha256": hashlib.sha256(b"text").hexdigest()}]
    assert record["outputs"] == table.rows == [model]


def test_the_folder_has_to_be_named_and_its_files_are_told():
    @click.command()
    @out_option("a", "b")
    def command(out):
        """Train."""

    assert CliRunner().invoke(command, []).exit_code == 2
    assert "Folder for a, b and training.json." in CliRunner().invoke(command, ["--help"]).output
