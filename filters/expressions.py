"""Conditions of rules: arithmetic over signals, compared with the rule's threshold.

``word_count < threshold`` or ``hash_ratio + ellipsis_ratio > threshold``: names of signals,
numbers, ``+ - * /``, parentheses, and one comparison whose right side is ``threshold`` or a number,
which then is the threshold. Nothing is evaluated but these.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from eurosift.filters.arrays import Float64s
from eurosift.filters.errors import RuleError

THRESHOLD: Final = "threshold"

MOST: Final = float(np.finfo(np.float32).max)
"""Greatest number that float32 can hold."""

MAX_CHARS: Final = 1_000
"""Longest condition: short enough for parser and evaluation, which recurse."""

ARITHMETIC: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
COMPARISONS: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
GRAMMAR: Final = (
    "expected signals, numbers, + - * / and one of < <= > >=, then `threshold` or a number"
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition.

    Attributes
    ----------
    text
        As it was written.
    signals
        Names of the signals in it, each once, in the order of their first use.
    least
        Whether the threshold is the least value that passes (``<``, ``<=``), not the greatest.
    literal
        The number that stands in place of ``threshold``, if one does.
    """

    text: str
    signals: tuple[str, ...]
    left: ast.expr
    compare: Callable[[Any, Any], Any]
    least: bool
    literal: float | None

    def holds(self, signals: Mapping[str, Float64s], thresholds: Float64s) -> npt.NDArray[np.bool_]:
        """Where the condition holds, compared in float32, as signals are stored.

        Parameters
        ----------
        signals
            Each float64, shape (n_rows,); NaN where unknown.
        thresholds
            float64, shape (n_rows,); NaN where the rule is disabled.

        Returns
        -------
        bool, shape (n_rows,); False where something is NaN.
        """
        return self.rejects(self.values(signals), thresholds)

    def rejects(self, values: Float64s, thresholds: Float64s) -> npt.NDArray[np.bool_]:
        """As `holds`, of values that `values` gave."""
        with np.errstate(over="ignore"):
            result: npt.NDArray[np.bool_] = self.compare(
                values.astype(np.float32), thresholds.astype(np.float32)
            )
        return result

    def values(self, signals: Mapping[str, Float64s]) -> Float64s:
        """What is compared with the threshold: float64, shape (n_rows,).

        NaN where a signal is, and where arithmetic gives no number that float32 can hold, as after
        a division by 0.
        """
        if isinstance(self.left, ast.Name):
            return signals[self.left.id]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            values: Float64s = evaluate(self.left, signals)
        return np.where(can_hold(values), values, np.nan)


def can_hold(value: Any) -> Any:
    """Whether float32 can hold numbers, alone or in arrays; False for NaN."""
    return np.abs(value) <= MOST


def evaluate(node: ast.expr, signals: Mapping[str, Float64s]) -> Any:
    """Evaluate the arithmetic of a condition."""
    if isinstance(node, ast.BinOp):
        operation = ARITHMETIC[type(node.op)]
        return operation(evaluate(node.left, signals), evaluate(node.right, signals))
    if isinstance(node, ast.Name):
        return signals[node.id]
    return np.float64(number_of(node))


def parse_condition(text: str) -> Condition:
    """Parse a condition.

    Raises
    ------
    RuleError
        If it is not of the grammar above.
    """
    if len(text) > MAX_CHARS:
        raise RuleError(f"`{text[:40]}…` is no condition: it has more than {MAX_CHARS} characters")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise RuleError(f"`{text}` is no condition: {GRAMMAR}") from error
    if (
        not isinstance(tree, ast.Compare)
        or len(tree.ops) != 1
        or type(tree.ops[0]) not in COMPARISONS
    ):
        raise RuleError(f"`{text}` is no condition: {GRAMMAR}")
    right = tree.comparators[0]
    literal = number_of(right)
    if literal is None and not (isinstance(right, ast.Name) and right.id == THRESHOLD):
        raise RuleError(f"`{text}` is no condition: {GRAMMAR}")
    names: list[str] = []
    pending: list[ast.expr] = [tree.left]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
            pending += [node.right, node.left]
        elif isinstance(node, ast.Name) and node.id != THRESHOLD:
            names.append(node.id)
        elif number_of(node) is None:
            raise RuleError(f"`{text}` is no condition: {GRAMMAR}")
    if not names:
        raise RuleError(f"`{text}` speaks of no signal: {GRAMMAR}")
    comparison = type(tree.ops[0])
    return Condition(
        text,
        tuple(dict.fromkeys(names)),
        tree.left,
        COMPARISONS[comparison],
        comparison in (ast.Lt, ast.LtE),
        literal,
    )


def number_of(node: ast.expr) -> float | None:
    """The number that it is, with its sign; None if it is none that float64 can hold."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = number_of(node.operand)
        return None if number is None else -number
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return None
    try:
        number = float(node.value)  # type: ignore[arg-type]
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
