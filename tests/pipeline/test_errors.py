"""Errors and their exit codes."""

import pickle

import pytest

from eurosift.pipeline import errors
from eurosift.stages.errors import AssetError, ContractError, InputError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ShardsFailedError("x"), 1),
        (errors.RecipeError(["x"]), 2),
        (errors.PlanError("x"), 2),
        (errors.RunFolderError("x"), 2),
        (errors.QueryError("x"), 2),
        (AssetError("x"), 2),
        (InputError("x"), 2),
        (ContractError("x"), 2),
        (errors.IncompleteError("x"), 3),
        (errors.InvariantError("x"), 4),
        (errors.AlignmentError("x"), 4),
        (errors.InterruptedRunError("x"), 75),
    ],
)
def test_each_error_has_its_exit_code(error, code):
    assert errors.exit_code(error) == code


def test_a_recipe_error_keeps_its_problems_on_the_way_between_processes():
    error = pickle.loads(pickle.dumps(errors.RecipeError(["r.yaml:1:1: one", "r.yaml:2:1: two"])))
    assert error.problems == ["r.yaml:1:1: one", "r.yaml:2:1: two"]
    assert str(error) == "r.yaml:1:1: one\nr.yaml:2:1: two"
