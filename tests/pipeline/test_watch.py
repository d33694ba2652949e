"""Looking at a run again and again."""

import pytest

from eurosift.pipeline import watch
from eurosift.pipeline.errors import RecipeError
from eurosift.pipeline.events import EventLog


def test_looking_ends_when_all_is_done(project):
    """From before the first run to the end; the run goes on while nobody looks."""
    steps = [[], ["extract"], ["label"], ["+upper"]]
    waits = []

    def work(seconds):
        waits.append(seconds)
        for stage in steps[len(waits) - 1] if len(waits) <= len(steps) else []:
            project.perform(stage)

    found = [(look.line(), look.exit_code) for look in watch.looks(project.recipe, work)]
    assert found == [
        ("nothing has been run yet", 3),
        ("nothing has been run yet", 3),
        ("phases=1/6 failed=0 label=0/3", 3),
        ("phases=2/6 failed=0 length=0/3", 3),
        ("phases=6/6 failed=0 done", 0),
    ]
    assert waits == [watch.EVERY_S] * 4


def test_failed_items_are_seen_and_their_exit_code_is_1(project):
    project.perform("+label")
    EventLog(project.run_folder, "x").write(
        "shard_failed", stage="length", key="00001", error="E: x"
    )
    look = watch.Watcher(project.recipe).look()
    assert look.line() == "phases=2/6 failed=1 length=0/3"
    assert look.exit_code == 1
    assert not look.done


def test_a_recipe_that_is_changed_meanwhile_is_read_again(finished):
    watcher = watch.Watcher(finished.recipe)
    assert watcher.look().done
    finished.recipe.write_text(
        finished.recipe.read_text().replace("min_chars: 20", "min_chars: 30")
    )
    assert not watcher.look().done


def test_a_wrong_recipe_is_an_error_as_everywhere(project):
    project.recipe.write_text("version: 7\n")
    with pytest.raises(RecipeError):
        watch.Watcher(project.recipe).look()
