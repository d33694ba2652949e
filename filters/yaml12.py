"""YAML 1.2 with positions.

PyYAML speaks YAML 1.1, in which the language code ``no`` is False, ``12:30:00`` is 45000, and a
key given twice silently takes its last value. Here scalars follow the YAML 1.2 core schema
(https://yaml.org/spec/1.2.2/#103-core-schema), duplicate keys are refused, and the place of every
value is remembered for error messages. Size and depth are limited before anything is built: PyYAML
crashes on deep nesting, and a few aliases of aliases can stand for more values than fit in memory.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from eurosift.filters.errors import YamlError

Path_ = tuple[str | int, ...]

_NULL = re.compile(r"^(?:~|null|Null|NULL|)$")
_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$")
_FLOAT = re.compile(
    r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
)

MAX_CHARS = 4_000_000
"""Longest text."""
MAX_VALUES = 100_000
"""Most values, those that aliases repeat included."""
MAX_DEPTH = 50
"""Deepest nesting."""

_OWN_TAGS = "tag:yaml.org,2002:"


class Position(NamedTuple):
    """Line and column of a value, counted from 1."""

    line: int
    column: int


class Document(NamedTuple):
    """Parsed YAML and where each value stands, by its path of keys and indices."""

    data: Any
    positions: dict[Path_, Position]
    file: str

    def where(self, path: Path_) -> str:
        """``file:line:column`` of the value at `path`, or of its nearest parent."""
        while path and path not in self.positions:
            path = path[:-1]
        position = self.positions.get(path, Position(1, 1))
        return f"{self.file}:{position.line}:{position.column}"


def parse(text: str, name: str) -> Document:
    """Parse YAML text.

    Parameters
    ----------
    text
        One document.
    name
        What to call it in messages.

    Raises
    ------
    YamlError
        If it is no YAML, has a key twice, or is too large.
    """
    if len(text) > MAX_CHARS:
        raise YamlError([f"{name}: has more than {MAX_CHARS:,} characters"])
    try:
        _check_size(text, name)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise YamlError([_in_words(error, text, name)]) from None
    except yaml.YAMLError as error:
        raise YamlError([f"{name}: is no YAML: {str(error).splitlines()[0]}"]) from None
    positions: dict[Path_, Position] = {}
    problems: list[str] = []
    data = None if node is None else _build(node, (), positions, problems, name)
    if problems:
        raise YamlError(problems)
    return Document(data, positions, name)


def _in_words(error: yaml.MarkedYAMLError, text: str, name: str) -> str:
    """What libyaml found, at the place of the mistake where it only noticed it later."""
    begin = error.context_mark
    mark = error.problem_mark or begin
    problem, context = error.problem or error.context or "is no YAML", str(error.context)
    if "alias" in context:
        problem += "; put a pattern that begins with * in quotes"
    elif "quoted scalar" in context and "end of stream" in problem:
        mark, problem = begin or mark, "the quote is not closed"
    elif "simple key" in context:
        mark, problem = begin or mark, "`:` is missing behind the key"
    elif "flow" in context and begin and mark and begin.line < mark.line:
        problem += f" to what is opened in line {begin.line + 1}"
    elif mark is not None and text[mark.index : mark.index + 1] == "\t":
        problem = "a tab: indent with spaces"
    return f"{_place(name, mark)}: {problem}"


def without_prefix(message: str) -> str:
    """What pydantic says of a value, without the words that it puts before every message.

    Examples
    --------
    >>> without_prefix("Input should be a valid integer"), without_prefix("Value error, is odd")
    ('should be a valid integer', 'is odd')
    """
    return message.removeprefix("Value error, ").removeprefix("Input ")


def _check_size(text: str, name: str) -> None:
    depth = values = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.NodeEvent):
            values += 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise YamlError(
                [f"{_place(name, event.start_mark)}: is nested more than {MAX_DEPTH} deep"]
            )
        if values > MAX_VALUES:
            raise YamlError(
                [f"{_place(name, event.start_mark)}: there are more than {MAX_VALUES:,} values"]
            )


def _build(
    node: yaml.Node,
    path: Path_,
    positions: dict[Path_, Position],
    problems: list[str],
    name: str,
) -> Any:
    if len(path) > MAX_DEPTH:
        raise YamlError(
            [f"{_place(name, node.start_mark)}: a value refers to itself, or is nested too deep"]
        )
    if len(positions) > MAX_VALUES:
        raise YamlError(
            [f"{_place(name, node.start_mark)}: aliases make more than {MAX_VALUES:,} values"]
        )
    positions.setdefault(path, Position(node.start_mark.line + 1, node.start_mark.column + 1))
    if not node.tag.startswith(_OWN_TAGS):
        problems.append(f"{_place(name, node.start_mark)}: tags are not understood: {node.tag}")
    if isinstance(node, yaml.ScalarNode):
        try:
            return _scalar(node)
        except ValueError:
            problems.append(f"{_place(name, node.start_mark)}: the number is too long")
            return None
    if isinstance(node, yaml.SequenceNode):
        return [_build(v, (*path, i), positions, problems, name) for i, v in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        where = _place(name, key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(f"{where}: a key must be a plain word")
            continue
        key = str(key_node.value)
        if key in result:
            first = positions[(*path, key)]
            problems.append(f"{where}: `{key}` is given twice (first in line {first.line})")
            continue
        positions[(*path, key)] = Position(
            key_node.start_mark.line + 1, key_node.start_mark.column + 1
        )
        result[key] = _build(value_node, (*path, key), positions, problems, name)
    return result


def _place(name: str, mark: Any) -> str:
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


def _scalar(node: yaml.ScalarNode) -> Any:
    value: str = node.value
    if node.style:
        return value
    if _NULL.match(value):
        return None
    if _BOOL.match(value):
        return value.lower() == "true"
    if _INT.match(value):
        return int(value, 0 if value[:2] in {"0o", "0x"} else 10)
    if _FLOAT.match(value):
        return float(
            value.replace(".inf", "inf")
            .replace(".Inf", "inf")
            .replace(".INF", "inf")
            .replace(".nan", "nan")
            .replace(".NaN", "nan")
            .replace(".NAN", "nan")
        )
    return value
