"""The page: all sections of a run put into the template, with a policy that forbids the rest."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import jinja2
from markupsafe import Markup

from eurosift.pipeline import events, report
from eurosift.pipeline.html import fates, figures, grid, signals
from eurosift.pipeline.html.clusters import KEEPER, SIZE, Clusters
from eurosift.pipeline.html.domains import URL, Domains
from eurosift.pipeline.html.examples import Examples, language_tag
from eurosift.pipeline.html.fates import Series
from eurosift.pipeline.html.identifiers import Identifiers
from eurosift.pipeline.html.provenance import provenance
from eurosift.pipeline.html.survey import Survey
from eurosift.pipeline.html.timings import timings
from eurosift.pipeline.html.visible import finalize
from eurosift.pipeline.identifiers import COUNTED, SPANS
from eurosift.pipeline.sampling import scrubbing_stages
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.totals import layer_totals

DOCUMENTS: Final = 100_000
"""So many documents are counted for what footers do not tell, unless all are asked for."""


@dataclass(frozen=True)
class Options:
    """What is to be on the page.

    Attributes
    ----------
    documents
        How many documents are counted for what footers do not tell; None for all.
    samples
        How many documents are shown of each language and fate.
    timings
        Whether to tell how long it took, which differs from launch to launch.
    """

    documents: int | None = DOCUMENTS
    samples: int = 0
    timings: bool = True


def render(run: Run, options: Options, unfinished: Sequence[str] = ()) -> str:
    """The page as HTML; the same run gives the same text, but for the section of timings.

    Parameters
    ----------
    run
        The run.
    options
        What is to be on the page.
    unfinished
        Phases that are not up to date.

    Raises
    ------
    InvariantError
        If a figure does not balance, or a file is damaged.
    """
    with run.files.glance():
        found = _sections(run, options)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("eurosift.pipeline.html"),
        autoescape=True,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"write": grid.write, "heat": grid.heat, "percent": grid.percent}
    environment.filters["language_tag"] = language_tag
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    return environment.get_template("page.html.j2").render(
        found,
        options=options,
        marks=signals.MARKS,
        unfinished=unfinished,
        style=style,
        script=script,
        policy=_policy(style, script),
    )


def _sections(run: Run, options: Options) -> Mapping[str, Any]:
    totals = layer_totals(run)
    series = Series(totals)
    languages = report.summary(run)
    survey = Survey.of(run, options.documents)
    counters = signals.counters(survey)
    clusters = Clusters() if survey.has(SIZE, KEEPER) else None
    domains = Domains() if survey.has(URL) else None
    identifiers = Identifiers(counted=survey.has(COUNTED)) if survey.has(SPANS) else None
    examples = Examples(survey.view, options.samples) if options.samples else None
    survey.run([c for c in (*counters, clusters, domains, identifiers, examples) if c is not None])
    by_stage = {layer.stage: layer for layer in totals}
    return {
        "name": run.dag.recipe.head.name,
        "series": series,
        "fate": series.fate(),
        "tiles": figures.tiles(run, series, languages),
        "steps": fates.steps(series),
        "pivots": [fates.pivot(layer) for layer in series.deciders if layer.total.reasons],
        "records": fates.records(series),
        "languages": figures.by_language(series, languages),
        "tokens": figures.tokens(run),
        "confusions": figures.confusions(run),
        "quarantine": report.quarantine(run).rows,
        "survey": survey,
        "distributions": signals.distributions(counters, by_stage),
        "clusters": clusters,
        "domains": domains,
        "identifiers": identifiers,
        "examples": None if examples is None else examples.found(scrubbing_stages(run)),
        "provenance": provenance(run),
        "timings": timings(events.read(run.files.folder)) if options.timings else None,
    }


def _asset(name: str) -> Markup:
    """Style or script of the package, to be taken over as it is."""
    path = resources.files("eurosift.pipeline.html").joinpath("templates", name)
    return Markup(path.read_text(encoding="utf-8"))  # noqa: S704 - a file of ours


def _policy(style: str, script: str) -> str:
    """Content security policy: these two texts, and nothing from anywhere."""

    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {hashed(style)}",
            f"script-src {hashed(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
