"""datatrove on the same input files: its reader, a step of ours, its Parquet writer."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
from datatrove.data import Document
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import ParquetWriter
from loguru import logger


class Check(PipelineStep):
    """Fails on the word `poison`; drops texts that are shorter than a threshold."""

    name = "check"

    def __init__(self, min_chars):
        super().__init__()
        self.min_chars = min_chars

    def run(self, data, rank=0, world_size=1):
        for document in data:
            if "poison" in document.text:
                raise ValueError("this text is poison")
            if len(document.text) >= self.min_chars:
                yield document


class Call(PipelineStep):
    """Calls a function at the first document, as something that happens in the middle of a run."""

    name = "call"

    def __init__(self, function):
        super().__init__()
        self.function = function

    def __deepcopy__(self, memo):
        return Call(self.function)

    def run(self, data, rank=0, world_size=1):
        for number, document in enumerate(data):
            if number == 0:
                self.function()
            yield document


class Peer:
    """A project of datatrove in the folder of ours: the same inputs, its own output and logs."""

    def __init__(self, folder):
        self.inputs = folder / "in"
        self.out = folder / "datatrove" / "out"
        self.logs = folder / "datatrove" / "logs"

    def run(self, tasks, *, min_chars=0, meanwhile=None):
        """Run it here, on one worker; returns how many documents it read, None if nothing ran."""
        step = Call(meanwhile) if meanwhile else Check(min_chars)
        stats = self._run([JsonlReader(str(self.inputs)), step], tasks)
        return stats and int(stats.stats[0].stats["documents"].total)

    def write(self, *texts):
        """Write texts as one file."""
        documents = [Document(text=text, id=str(i)) for i, text in enumerate(texts)]
        self._run([documents], 1)

    def _run(self, steps, tasks):
        executor = LocalPipelineExecutor(
            pipeline=[*steps, ParquetWriter(str(self.out))],
            tasks=tasks,
            workers=1,
            logging_dir=str(self.logs),
        )
        try:
            return executor.run()
        finally:
            logger.remove()  # it holds on to a standard error that pytest is about to close

    def files(self):
        """Tables of the output, by name."""
        return {path.name: pq.read_table(path) for path in sorted(self.out.glob("*.parquet"))}

    def ids(self):
        """Ids in the output, sorted."""
        return sorted(i for table in self.files().values() for i in table["id"].to_pylist())

    def totals(self):
        """Documents that were read, by the statistics of the run."""
        stats = json.loads((self.logs / "stats.json").read_text())
        return stats[0]["stats"]["documents"]["total"]


if __name__ == "__main__":
    import sys
    import time
    from pathlib import Path

    Peer(Path(sys.argv[1])).run(1, meanwhile=lambda: time.sleep(600))
