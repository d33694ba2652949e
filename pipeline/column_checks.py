"""Whether each stage of a graph gets the columns, and the text, that it should see."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from eurosift.pipeline.dag import TEXT, Dag, Node
from eurosift.pipeline.problems import suggest
from eurosift.stages import registry
from eurosift.stages.base import ROW
from eurosift.stages.errors import StageError


def check_columns(dag: Dag, problems: list[str]) -> None:
    """Append what is wrong: columns that are added twice, or read before anything has them."""
    owners: dict[str, str] = {}
    reads: dict[str, tuple[str, ...]] = {}
    for node in dag.nodes.values():
        place = ("stages", node.name)
        try:
            reads[node.name] = node.reads
        except StageError as error:  # of what its configuration leads to, such as a file of rules
            problems += [dag.recipe.problem(place, line) for line in str(error).splitlines()]
        for column in node.adds.names if node.adds is not None else ():
            if column in owners and column != TEXT:
                problems.append(
                    dag.recipe.problem(
                        place,
                        f"stages.{node.name}: column `{column}` "
                        f"is already added by `{owners[column]}`",
                    )
                )
            owners.setdefault(column, node.name)
    for node in dag.nodes.values():
        if node.name in reads and (refused := _refusals(dag, node)):
            problems += refused
            continue
        needed = reads.get(node.name, ())
        missing = [c for c in needed if c != ROW and not dag.holders(node, c)]
        if missing:
            columns = ", ".join(f"`{c}`" for c in missing[:3])
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            problem = f"reads {columns}{more}, which no stage before it has"
            remedy = _where_from(missing[0], owners, node)
            place = ("stages", node.name)
            line = f"stages.{node.name}: {problem}; {remedy}"
            problems.append(dag.recipe.problem(place, line))


def check_texts(dag: Dag, problems: list[str]) -> None:
    """Refuse stages that look at a text which a stage behind them changes, unless that is said.

    A stage says by its `default_needs` whose changes it should see; the recipe says that it should
    not by giving the `needs` of the one that changes the text.
    """
    said = {entry.name for entry in dag.recipe.stages if entry.needs is not None}
    for changing in dag.nodes.values():
        if changing.adds is None or TEXT not in changing.adds.names or changing is dag.source:
            continue
        for node in dag.nodes.values():
            usual = changing.name in node.step.default_needs
            if usual and changing.name not in {*node.ancestors, *said}:
                problems.append(
                    dag.recipe.problem(
                        ("stages", changing.name),
                        f"stages.{changing.name}: `{node.name}` would look at the text without "
                        f"its changes: put `{changing.name}` before `{node.name}` and let `needs` "
                        f"lead there, or, if that is meant, say `needs: {node.name}` in "
                        f"`{changing.name}`",
                    )
                )


def _refusals(dag: Dag, node: Node) -> list[str]:
    """What a stage has against the columns before it."""
    types: dict[str, pa.DataType] = {}
    for name in node.ancestors:
        before = dag.nodes[name]
        for field in before.adds or ():
            is_unknown = field.name in before.step.unknown
            types.setdefault(field.name, pa.null() if is_unknown else field.type)
    try:
        node.step.check_columns(types)
    except StageError as error:
        return [
            dag.recipe.problem(("stages", node.name, *each.at), str(each))
            for each in (error, *error.further)
        ]
    return []


def _where_from(column: str, owners: Mapping[str, str], node: Node) -> str:
    reader = node.name
    owner = owners.get(column)
    if owner is not None and owner != reader:
        return f"`{owner}` adds it: let `needs` lead there"
    for name in registry.names():
        try:
            kind = registry.load(name)
            adds = Node(name, kind(kind.config_type.model_construct(), name=name), (), ()).adds
        except (StageError, AttributeError):  # what it adds depends on what is not known
            continue
        if name != reader and adds is not None and column in adds.names:
            return f"put `{name}` before it"
    present = [c for c, owner in owners.items() if owner != reader]
    return f"no stage adds it{suggest(column, [*present, *node.step.own_names])}"
