"""Site profiles: what a cluster is like, and how it wants its jobs.

A profile is YAML and is checked like a recipe, with ``file:line:column``. Those of some clusters
come with eurosift; a file of one's own may extend one of them by what is different.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ByteSize,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from eurosift.pipeline import yaml12
from eurosift.pipeline.durations import in_slurm, minutes_of
from eurosift.pipeline.errors import RecipeError, SchedulerError
from eurosift.pipeline.head import MIN_WORKER_BYTES, Section
from eurosift.pipeline.problems import problems_of, suggest
from eurosift.pipeline.resources import COORDINATOR_BYTES
from eurosift.stages.config import Words

SUFFIXES = (".yaml", ".yml")
Minutes = Annotated[
    int, BeforeValidator(minutes_of), Field(gt=0), PlainSerializer(in_slurm, when_used="json")
]


class Site(Section):
    """What a cluster is like, and how it wants its jobs."""

    version: Literal[1] = Field(description="Version of the format of profiles.")
    description: str = Field("", description="Which machine, and which part of it.")
    checked: str = Field("", description="When the figures were last compared with the sources.")
    sources: Words = Field((), description="Where the figures are from.")
    notes: Words = Field((), description="What one has to know besides.")
    partition: str | None = Field(None, description="--partition; null: that of the cluster.")
    qos: str | None = Field(None, description="--qos; null: none is asked for.")
    account: str | None = Field(None, description="--account, the project that pays.")
    needs_account: bool = Field(
        default=False, description="Whether jobs without an account are refused."
    )
    cores: int = Field(ge=1, description="Cores of a node.")
    memory: ByteSize = Field(
        ge=MIN_WORKER_BYTES, description="Memory of a node that jobs may use, e.g. `494000MB`."
    )
    whole_nodes: bool = Field(
        default=False, description="Whether jobs get, and pay for, whole nodes."
    )
    element_cores: int | None = Field(
        None, ge=1, description="Cores of one array element; null: all of a node."
    )
    memory_option: Literal["mem", "mem-per-cpu"] | None = Field(
        None, description="How memory is asked for; null: not at all, the site gives it."
    )
    worker_memory: ByteSize = Field(
        ByteSize(1792 << 20),
        ge=MIN_WORKER_BYTES,
        description="What a worker process needs; with less memory per core, fewer are started. "
        "`limits.worker_memory` of a recipe goes before it.",
    )
    time: Minutes = Field(description="Time of an element, e.g. `12:00:00` or `36h`.")
    max_time: Minutes = Field(description="The longest time that the site allows.")
    max_elements: int = Field(32, ge=1, description="Elements of a phase at most.")
    max_jobs: int | None = Field(
        None, ge=2, description="Jobs that one may have in the queue; each element is one."
    )
    max_array: int | None = Field(
        None, ge=1, description="Elements of one array at most, if the site has less than SLURM."
    )
    warn_seconds: int = Field(
        300, ge=60, le=3600, description="How long before its end an element is told to stop."
    )
    requeue: bool = Field(
        default=True, description="Whether interrupted elements are queued again."
    )
    scratch: str = Field("", description="Where runs should be, and what temporary space there is.")
    container: str = Field("", description="How containers are run there.")
    not_shared: Words = Field(
        (),
        description="Folders, and types of file systems, that are another one on every node: "
        "no place for a run.",
    )
    setup: Words = Field((), description="Shell lines before eurosift is started, e.g. modules.")
    launcher: Words = Field((), description="Words before python, e.g. of a container.")
    python: str | None = Field(
        None, description="The interpreter there; null: the one that submits."
    )
    environment: dict[str, str] = Field(
        default_factory=dict, description="Environment variables of all elements."
    )
    options: dict[str, str] = Field(
        default_factory=dict, description="Further options of sbatch: name → value, or ``."
    )
    ask_node_hours: float = Field(
        10, ge=0, description="From how many node-hours on one is asked before submitting."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.time > self.max_time:
            raise ValueError("`time` is more than `max_time`")
        if (self.element_cores or 1) > self.cores:
            raise ValueError("`element_cores` is more than `cores`")
        return self

    @property
    def cores_used(self) -> int:
        """Cores that an element asks for."""
        return self.element_cores or self.cores

    @property
    def memory_used(self) -> int:
        """Memory that an element has, in bytes: its part of the node."""
        return self.memory * self.cores_used // self.cores

    @property
    def nodes_used(self) -> float:
        """Nodes that an element is charged for."""
        return 1.0 if self.whole_nodes else self.cores_used / self.cores

    def workers(self, worker_memory: int | None) -> int:
        """Workers of an element: one per core, as far as there is memory for each."""
        each = worker_memory or self.worker_memory
        return max(1, min(self.cores_used, (self.memory_used - COORDINATOR_BYTES) // each))


def names() -> list[str]:
    """The profiles that come with eurosift."""
    folder = resources.files("eurosift.pipeline") / "sites"
    return sorted(p.name.removesuffix(".yaml") for p in folder.iterdir() if p.name != "__init__.py")


def load(name: str) -> Site:
    """Read a profile.

    Parameters
    ----------
    name
        One of `names`, or the path of a file.

    Raises
    ------
    RecipeError
        With every problem that was found.
    """
    document, values = _read(name)
    try:
        return Site.model_validate(values)
    except ValidationError as error:
        also = ("extends",)
        raise RecipeError(problems_of(error, document, (), Site, also)) from None


def _read(name: str) -> tuple[yaml12.Document, dict[str, Any]]:
    document = _document(name)
    if not isinstance(document.data, dict):
        raise RecipeError([f"{document.where(())}: a site profile is a mapping, see docs/slurm.md"])
    values = dict(document.data)
    base = values.pop("extends", None)
    if base is None:
        return document, values
    if not isinstance(base, str) or base not in names():
        where = document.where(("extends",))
        raise RecipeError([f"{where}: extends: no such profile{suggest(str(base), names())}"])
    return document, {**_read(base)[1], **values}


def _document(name: str) -> yaml12.Document:
    if name.endswith(SUFFIXES) or "/" in name:
        if not Path(name).is_file():
            raise RecipeError([f"{name}: no such file; or give one of: {', '.join(names())}"])
        return yaml12.load(Path(name))
    if name not in names():
        raise RecipeError([f"--site {name}: no such profile{suggest(name, names())}"])
    file = resources.files("eurosift.pipeline") / "sites" / f"{name}.yaml"
    return yaml12.parse(file.read_text(encoding="utf-8"), f"sites/{name}.yaml")


def with_account(site: Site, account: str | None, *, needed: bool = True) -> Site:
    """The site with an account to charge: given, in the profile, or the user's own default.

    Raises
    ------
    SchedulerError
        If the site needs one and there is none, and it is `needed`.
    """
    defaults = (os.environ.get(name) for name in ("SBATCH_ACCOUNT", "SLURM_ACCOUNT"))
    found = account or site.account or next((a for a in defaults if a), None)
    if needed and site.needs_account and not found:
        raise SchedulerError(
            "this site charges an account, and none is given: --account, `account` in a site "
            "profile of your own, or SBATCH_ACCOUNT"
        )
    return site.model_copy(update={"account": found})
