"""A run for notebooks and scripts: `Run` reads what is in its folder, and never writes.

::

    from eurosift.pipeline.api import Run

    run = Run("runs/web")
    run.status()
    run.report()["languages"]
    run.layer("langid").group_by("language").len().collect()
    run.rows("quality").filter(~pl.col("kept")).select("url", "quality_failed").collect()
    run.sample("mlt_Latn", 20, rejected_by="gopher_short_doc")  # HTML in a notebook
    run.sample("mt", stage="quality").rejected()[0].why()
    run.histogram("gopher_short_doc", "mt")
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import polars as pl

from eurosift.pipeline import status, tasks
from eurosift.pipeline.errors import IncompleteError, QueryError
from eurosift.pipeline.frames import frame
from eurosift.pipeline.labels import language_code
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.notebook import clusters
from eurosift.pipeline.notebook.clusters import Cluster, Clusters
from eurosift.pipeline.notebook.confusion import Confusion, confusion_of
from eurosift.pipeline.notebook.documents import Document, find
from eurosift.pipeline.notebook.histograms import Histogram
from eurosift.pipeline.notebook.measured import histogram_of
from eurosift.pipeline.notebook.samples import Sample
from eurosift.pipeline.report import VIEWS
from eurosift.pipeline.sampling import Query, Verdict, view_of
from eurosift.pipeline.view import View, find_node, shards_of

__all__ = ["Run", "Verdict"]


class Run:
    """What is known of a run.

    Parameters
    ----------
    target
        The run folder, a recipe, or the folder of a recipe.

    Raises
    ------
    RunFolderError
        If the folder is not that of a run.
    IncompleteError
        If nothing has been run yet.
    RecipeError
        If the recipe is wrong.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        self._run = open_run(Path(target))

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    @property
    def folder(self) -> Path:
        """The run folder."""
        return self._run.files.folder

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages, in the order in which they run."""
        return tuple(self._run.dag.nodes)

    @property
    def runtime(self) -> tasks.Run:
        """The run as the runtime sees it: graph, plan and files."""
        return self._run

    def status(self) -> pl.DataFrame:
        """One row per phase: how many items are done, running, stalled, failed, pending."""
        return frame(status.Look.at(self._run).progress)

    def unfinished(self) -> list[str]:
        """Phases that are not up to date."""
        return [state.label for state in self._run.states() if not state.done]

    def failures(self) -> pl.DataFrame:
        """One row per item that failed when it was last tried and is still to be done."""
        return frame(status.failures(self._run, self._run.states()))

    def report(self) -> dict[str, pl.DataFrame]:
        """The tables of the report, as ``eurosift report --format json`` has them, sums included.

        ``languages``, ``funnel``, ``stages``, ``reasons``, ``inputs``, ``quarantine``, ``pii``, and
        of the language of pages ``html-lang``, ``tld`` and ``evidence``; every number is a sum over
        the footers of the shards.
        """
        return {name: frame(view(self._run)) for name, view in VIEWS.items()}

    def layer(self, stage: str, *, partial: bool = False) -> pl.LazyFrame:
        """The columns that a stage has added, as they are in its files; one row per document.

        Parameters
        ----------
        stage
            Name of the stage.
        partial
            Leave out shards that are not made yet, instead of refusing.

        Raises
        ------
        QueryError
            If there is no such stage, or it adds no columns.
        IncompleteError
            If shards are not made yet.
        """
        node = find_node(self._run, stage)
        if node.adds is None:
            raise QueryError(f"stage `{stage}` adds no columns to the documents")
        shards, planned = shards_of(self._run, node), self._run.plan.shards
        if not partial and len(shards) < len(planned):
            raise IncompleteError(
                f"{stage}: made for {len(shards)} of {len(planned)} shards; "
                "`eurosift run` makes the others"
            )
        if not shards:
            return pl.DataFrame(node.adds.empty_table()).lazy()
        return pl.scan_parquet([self._run.files.layer(stage, shard) for shard in shards])

    def documents(self, *, partial: bool = False) -> pl.LazyFrame:
        """The documents layer with its text; shorthand for `rows` of that stage alone."""
        return self.rows(self._run.dag.source.name, partial=partial)

    def rows(self, *stages: str, partial: bool = False) -> pl.LazyFrame:
        """Documents with the columns of several stages, joined row by row.

        Besides the columns of the layers there are ``shard`` and ``row`` (the place of the
        document), ``kept`` and ``reasons`` (``stage:reason``; what the stages that are shown and
        those before them decided), and ``text_from``: the last stage that had a say about the
        text. Text is the scrubbed one where a stage has scrubbed it, also if that stage is not
        among those shown. Rejected documents are not scrubbed.

        Parameters
        ----------
        stages
            Whose columns to show; by default those of every stage whose layer is complete.
        partial
            Leave out shards that are not made yet, instead of refusing.

        Raises
        ------
        QueryError
            If there is no such stage, or it adds no columns.
        IncompleteError
            If shards are not made yet.
        """
        return self.view(*stages, partial=partial).lazy()

    def view(self, *stages: str, partial: bool = False) -> View:
        """What `rows` reads from. Arguments and errors as there."""
        return View(self._run, stages, partial=partial)

    def sample(
        self,
        language: str | None = None,
        n: int = 10,
        *,
        stage: str | None = None,
        verdict: Verdict | None = None,
        rejected_by: str | None = None,
        near: str | None = None,
        seed: int = 0,
        partial: bool = False,
    ) -> Sample:
        """Draw documents; the same ones for the same seed, whatever the shards and their order.

        They are read when they are looked at.

        Parameters
        ----------
        language
            Only of this language, in any style of code; ``und`` for those without a label. With a
            bucket behind it (``mlt_Latn_near``, ``mlt_Latn_main``) only that one.
        n
            How many; fewer are given if there are fewer. A larger sample begins with the smaller.
        stage
            Only those that this stage worked on; verdict and reason are then its own.
        verdict
            Only those kept, or only those rejected.
        rejected_by
            Only those rejected for this reason; ``stage:reason`` does as well.
        near
            A rule with a threshold, by its reason (``gopher_short_doc``, langid's ``unsure``): the
            documents closest to the threshold, rejected ones and others in turn, with ``value``,
            ``threshold`` and ``distance`` (relative to the threshold, negative below it). `stage`
            is then that of the rule.
        seed
            Another seed draws other documents; near a threshold, others of the same distance.
        partial
            Draw from the shards that are made, instead of refusing.

        Raises
        ------
        QueryError
            If there is no such stage, language, reason or rule.
        IncompleteError
            If shards are not made yet.
        """
        query = Query(language, stage, verdict, rejected_by, near)
        return Sample(self._run, query, n, seed, partial=partial)

    def sampled_view(self, query: Query, *, partial: bool = False) -> View:
        """What `sample` draws from: all stages that are done, or up to the one asked for."""
        return view_of(self._run, query, partial=partial)

    def document(self, wanted: str, *, partial: bool = False) -> Document:
        """The document with this id; of several, the first.

        Raises
        ------
        QueryError
            If there is none.
        IncompleteError
            If shards are not made yet, and `partial` is not set.
        """
        return find(self._run, self.view(partial=partial), wanted)

    def histogram(
        self, name: str, *languages: str, stage: str | None = None, partial: bool = False
    ) -> Histogram:
        """Distribution of what a rule compares with its threshold, or of a column, by language.

        With it goes a curve of how many documents and characters would be kept if the threshold
        were another one: of those that everything else keeps, up to the stage of the rule. For a
        column, it is of documents that are kept now, with the threshold as the least value.

        Parameters
        ----------
        name
            A rule with a threshold, by its reason; or a column of numbers, such as a score.
        languages
            Only these, in any style of code.
        stage
            Whose rule it is, if several stages have one of this name.
        partial
            Read the shards that are made, instead of refusing.

        Raises
        ------
        QueryError
            If there is no such rule or column, language or stage, or nothing to show.
        IncompleteError
            If shards are not made yet.
        """
        codes = [language_code(written) for written in languages]
        return histogram_of(self._run, name, codes, stage=stage, partial=partial)

    def clusters(self, language: str | None = None, n: int = 10) -> Clusters:
        """The largest clusters of duplicates; of one language, in any style of code.

        Raises
        ------
        QueryError
            If there is no such language, or no stage finds duplicates.
        IncompleteError
            If that stage is not done.
        """
        code = None if language is None else language_code(language)
        return clusters.largest(self._run, code, n)

    def cluster(self, cluster_id: str) -> Cluster:
        """One cluster of duplicates: the document that is kept, and what others have differently.

        Raises
        ------
        QueryError
            If there is no such cluster, or no stage finds duplicates.
        IncompleteError
            If that stage is not done.
        """
        return clusters.named(self._run, cluster_id)

    def confusion(self, evidence: Literal["html-lang", "tld"] = "html-lang") -> Confusion:
        """The language of documents against what pages declare, or the domains of their addresses.

        Parameters
        ----------
        evidence
            ``html-lang`` or ``tld``.

        Raises
        ------
        QueryError
            If it is neither.
        """
        return confusion_of(self._run, evidence)
