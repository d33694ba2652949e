"""The errors of language identification."""

from eurosift.langid import errors


def test_errors_that_can_happen_at_run_time_are_no_value_errors():
    # pydantic turns a ValueError into one of its own, and would hide what happened.
    assert issubclass(errors.ModelError, RuntimeError)
    assert not issubclass(errors.ModelError, ValueError)
    assert issubclass(errors.TrainingError, RuntimeError)
