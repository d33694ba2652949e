"""Keeper: which document of a cluster is kept, as an expression over columns.

Criteria stand one after the other, the most important first; the document with the highest value is
kept, and a later criterion decides where all before it are equal::

    source == "curated", quality_score, -date

Columns, numbers, texts in quotes and dates; ``+ - * /``, comparisons, ``in`` a list or a column of
lists, ``and``, ``or``, ``not``, ``x if condition else y``, and the functions ``min``, ``max``,
``abs`` and ``log``. True is 1, false is 0. What is unknown, because a column is null, comes behind
everything else. Nothing is evaluated but these.
"""

from __future__ import annotations

import ast
import datetime as dt
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.arrays import Float64s

MAX_CHARS: Final = 1_000
"""Longest policy."""
MAX_LEVELS: Final = 60
"""Deepest policy: evaluation recurses."""
GRAMMAR: Final = (
    "expected columns, numbers, texts in quotes, + - * /, comparisons, in [...], and, or, not, "
    "x if condition else y, min, max, abs, log; criteria are separated by commas"
)
ARITHMETIC: Final[Mapping[type[ast.operator], Callable[..., Any]]] = {
    ast.Add: pc.add,
    ast.Sub: pc.subtract,
    ast.Mult: pc.multiply,
    ast.Div: pc.divide,
}
COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[..., Any]]] = {
    ast.Eq: pc.equal,
    ast.NotEq: pc.not_equal,
    ast.Lt: pc.less,
    ast.LtE: pc.less_equal,
    ast.Gt: pc.greater,
    ast.GtE: pc.greater_equal,
}
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "min": lambda *values: pc.min_element_wise(*values, skip_nulls=False),
    "max": lambda *values: pc.max_element_wise(*values, skip_nulls=False),
    "abs": pc.abs,
    "log": pc.ln,
}
MICROSECONDS: Final = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}
"""In one unit of a timestamp."""


class KeeperError(ValueError):
    """A policy that cannot be understood, or does not fit the columns."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """A parsed policy.

    Attributes
    ----------
    text
        As it was written.
    columns
        Names of the columns in it, each once, in the order of their first use.
    """

    text: str
    columns: tuple[str, ...]
    criteria: tuple[ast.expr, ...]

    def check(self, types: Mapping[str, pa.DataType]) -> None:
        """Refuse columns that have no place where they stand.

        Parameters
        ----------
        types
            Of at least `columns`.

        Raises
        ------
        KeeperError
            As `merits` would on documents with such columns; and if one of them is null in all.
        """
        for name in self.columns:
            if pa.types.is_null(types[name]):
                raise KeeperError(f"`{name}` is unknown of every document")
        self.merits({name: pa.array([], types[name]) for name in self.columns}, 0)

    def merits(self, columns: Mapping[str, pa.Array], n_rows: int) -> Float64s:
        """What documents are ranked by: float64, shape (n_rows, n_criteria), the highest first.

        Parameters
        ----------
        columns
            Each of length `n_rows`. Numbers, booleans, texts, lists of texts, or dates, which are
            microseconds since 1970.
        n_rows
            Number of documents.

        Raises
        ------
        KeeperError
            If a column has no place where it stands, such as a text in a sum.
        """
        found = np.empty((n_rows, len(self.criteria)), np.float64)
        values = {name: _comparable(columns[name], name) for name in self.columns}
        for i, criterion in enumerate(self.criteria):
            try:
                merit = _number(_evaluate(criterion, values))
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
                reason = str(error).partition("\n")[0]
                raise KeeperError(
                    f"`{ast.unparse(criterion)}` does not fit its columns: {reason}"
                ) from error
            if isinstance(merit, pa.Scalar):
                merit = pa.repeat(merit, n_rows)
            numbers = merit.to_numpy(zero_copy_only=False)
            found[:, i] = np.where(np.isnan(numbers), -np.inf, numbers)
        return found


def _comparable(values: pa.Array, name: str) -> pa.Array:
    kind = values.type
    if pa.types.is_date(kind):
        return _comparable(pc.cast(values, pa.timestamp("s")), name)
    if pa.types.is_timestamp(kind):
        # Moments so far from 1970 that floats do not tell them apart are ordered all the same.
        numbers = pc.cast(pc.cast(values, pa.int64()), pa.float64(), safe=False)
        return pc.multiply(numbers, MICROSECONDS[kind.unit])
    if pa.types.is_boolean(kind) or pa.types.is_string(kind) or _is_list_of_texts(kind):
        return values
    if pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return pc.cast(values, pa.string())
    try:
        return pc.cast(values, pa.float64(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise KeeperError(f"column `{name}` is {kind}, which cannot rank documents") from error


def _is_list_of_texts(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.ListType) and bool(pa.types.is_string(kind.value_type))


def _number(value: Any) -> Any:
    if pa.types.is_null(value.type) or pa.types.is_boolean(value.type):
        return pc.cast(value, pa.float64())
    if not pa.types.is_floating(value.type):
        if pa.types.is_list(value.type):
            raise pa.ArrowInvalid("a list is no number; say 'value' in it")
        raise pa.ArrowInvalid("a text is no number; compare it with another one")
    return value


def _truth(value: Any) -> Any:
    if not (pa.types.is_null(value.type) or pa.types.is_boolean(value.type)):
        raise pa.ArrowInvalid("only what is true or false stands beside and, or, not, if")
    return value


def _evaluate(node: ast.expr, columns: Mapping[str, pa.Array]) -> Any:
    def value(part: ast.expr) -> Any:
        return _evaluate(part, columns)

    if isinstance(node, ast.Name):
        return columns[node.id]
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.BinOp):
        return ARITHMETIC[type(node.op)](_number(value(node.left)), _number(value(node.right)))
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            return pc.invert(_truth(value(node.operand)))
        return pc.negate(_number(value(node.operand)))
    if isinstance(node, ast.BoolOp):
        join = pc.and_kleene if isinstance(node.op, ast.And) else pc.or_kleene
        first, *others = (_truth(value(part)) for part in node.values)
        for other in others:
            first = join(first, other)
        return first
    if isinstance(node, ast.IfExp):
        test = _truth(value(node.test))
        return pc.if_else(test, _number(value(node.body)), _number(value(node.orelse)))
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)  # noqa: S101 - parse_keeper lets nothing else through
        return FUNCTIONS[node.func.id](*(_number(value(part)) for part in node.args))
    assert isinstance(node, ast.Compare)  # noqa: S101 - the same
    return _compare(node, columns)


def _compare(node: ast.Compare, columns: Mapping[str, pa.Array]) -> Any:
    left, right = _evaluate(node.left, columns), node.comparators[0]
    if isinstance(node.ops[0], (ast.In, ast.NotIn)):
        if isinstance(right, ast.Name):
            found = _holds(columns[right.id], left)
        else:
            assert isinstance(right, (ast.List, ast.Tuple))  # noqa: S101 - the same
            found = _is_among(left, [x.value for x in right.elts if isinstance(x, ast.Constant)])
        return pc.invert(found) if isinstance(node.ops[0], ast.NotIn) else found
    other = _evaluate(right, columns)
    return COMPARISONS[type(node.ops[0])](*_alike(left, other))


def _is_among(values: Any, given: list[Any]) -> Any:
    alike = [_alike(values, _constant(value))[1].as_py() for value in given]
    return pc.if_else(pc.is_valid(values), pc.is_in(values, pa.array(alike, values.type)), None)


def _holds(lists: Any, value: pa.Scalar) -> pa.Array:
    """Whether each list has a text; null where there is no list."""
    if not _is_list_of_texts(lists.type):
        raise pa.ArrowInvalid("it is no list of texts; behind `in` stand values in brackets")
    flat = pc.equal(lists.flatten(), value)
    rows = pc.list_parent_indices(lists).filter(flat.fill_null(False))  # noqa: FBT003
    found = np.zeros(len(lists), np.bool_)
    found[rows.to_numpy()] = True
    return pa.array(found, mask=lists.is_null().to_numpy(zero_copy_only=False))


def _alike(a: Any, b: Any) -> tuple[Any, Any]:
    """Both sides of a comparison, a text beside a date being one."""
    a, b = _like(a, b), _like(b, a)
    if pa.types.is_string(a.type) != pa.types.is_string(b.type):
        raise pa.ArrowInvalid("a text is compared with what is none")
    return a, b


def _like(value: Any, other: Any) -> Any:
    """A text that is compared with a number is a date."""
    if not (
        isinstance(value, pa.StringScalar) and pa.types.is_floating(other.type) and value.is_valid
    ):
        return value
    try:
        moment = dt.datetime.fromisoformat(value.as_py())
    except ValueError as error:
        raise pa.ArrowInvalid(f"{value.as_py()!r} is neither a number nor a date") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    since = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return pa.scalar(float(since // dt.timedelta(microseconds=1)))


def _constant(value: Any) -> pa.Scalar:
    return pa.scalar(value if isinstance(value, (bool, str)) else float(value))


def parse_keeper(text: str) -> Keeper:
    """Parse a policy.

    Raises
    ------
    KeeperError
        If it is not of the grammar above.
    """
    if len(text) > MAX_CHARS:
        raise KeeperError(f"`{text[:40]}…` is no policy: it has more than {MAX_CHARS} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise KeeperError(f"`{text}` is no policy: {GRAMMAR}") from error
    except (RecursionError, MemoryError) as error:
        raise _too_deep(text) from error
    if _levels(tree) > MAX_LEVELS:
        raise _too_deep(text)
    criteria = tuple(tree.elts) if isinstance(tree, ast.Tuple) else (tree,)
    names: list[str] = []
    for criterion in criteria:
        if not _is_allowed(criterion, names):
            raise KeeperError(f"`{ast.unparse(criterion)}` is no criterion: {GRAMMAR}")
    if not names:
        raise KeeperError(f"`{text}` speaks of no column: {GRAMMAR}")
    return Keeper(text, tuple(dict.fromkeys(names)), criteria)


def _too_deep(text: str) -> KeeperError:
    return KeeperError(f"`{text[:40]}…` is no policy: it nests more than {MAX_LEVELS} levels deep")


def _levels(tree: ast.expr) -> int:
    level: list[ast.AST] = [tree]
    n = 0
    while level:
        level = [part for node in level for part in ast.iter_child_nodes(node)]
        n += 1
    return n


def _is_allowed(node: ast.expr, names: list[str]) -> bool:
    if isinstance(node, ast.Name):
        names.append(node.id)
        return True
    if isinstance(node, ast.Constant):
        return _is_plain(node.value)
    parts: list[ast.expr]
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        parts = [node.left, node.right]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        parts = [node.operand]
    elif isinstance(node, ast.BoolOp):
        parts = node.values
    elif isinstance(node, ast.IfExp):
        parts = [node.test, node.body, node.orelse]
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        right = node.comparators[0]
        if isinstance(node.ops[0], (ast.In, ast.NotIn)):
            if isinstance(right, ast.Name):
                is_text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
                return is_text and _is_allowed(right, names)
            return (
                isinstance(right, (ast.List, ast.Tuple))
                and all(isinstance(x, ast.Constant) and _is_plain(x.value) for x in right.elts)
                and _is_allowed(node.left, names)
            )
        if type(node.ops[0]) not in COMPARISONS:
            return False
        parts = [node.left, right]
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in FUNCTIONS
        and not node.keywords
        and (len(node.args) == 1 or (node.func.id in {"min", "max"} and len(node.args) > 1))
    ):
        parts = node.args
    else:
        return False
    return all(_is_allowed(part, names) for part in parts)


def _is_plain(value: Any) -> bool:
    """Whether a constant is a text, true or false, or a number that floats can hold."""
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    return type(value) in {int, float, bool} and value <= sys.float_info.max
