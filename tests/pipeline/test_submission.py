"""A second launch beside one on a cluster, as far as it can be seen without SLURM."""

import datetime as dt

import pytest

from eurosift.pipeline import recipe, site
from eurosift.pipeline.arrays import FINISH, Arrays, PhaseArray
from eurosift.pipeline.errors import RunFolderError
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.scheduler import Scheduler
from eurosift.pipeline.submission import refuse_second


@pytest.fixture
def launch(project):
    project.open()
    launch = Launch.create(recipe.load(project.recipe), site="generic")
    phases = (PhaseArray("extract", "", 1, None, ()),)
    Arrays(site.load("generic"), 1, phases).save(launch.folder, launch.name)
    return launch


@pytest.fixture
def nowhere(tmp_path):
    return Scheduler({"PATH": str(tmp_path)})


def test_elements_that_are_heard_keep_a_second_run_away(launch, nowhere):
    refuse_second(launch.folder, nowhere)  # none has begun
    diary = EventLog(launch.folder, launch.name, phase="extract")
    diary.write("element_start", stage="extract", job="7_0", host="c1")
    with pytest.raises(RunFolderError, match=r"work here \(job 7_0 on c1 was heard at 2.*--take-o"):
        refuse_second(launch.folder, nowhere)
    refuse_second(launch.folder, nowhere, take_over=True)
    diary.write("element_end", stage="extract", host="c1")
    refuse_second(launch.folder, nowhere)


def test_those_that_have_been_silent_for_long_do_not(launch, nowhere):
    long_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat()
    diary = EventLog(launch.folder, launch.name, phase="extract")
    diary.write("element_start", stage="extract", host="c1", time=long_ago)
    refuse_second(launch.folder, nowhere)


def test_a_launch_that_was_wound_up_is_over(launch, nowhere):
    EventLog(launch.folder, launch.name, phase="extract").write("element_start", host="c1")
    EventLog(launch.folder, launch.name, phase=FINISH).write("end", finished=[])
    refuse_second(launch.folder, nowhere)


def test_a_launch_that_came_to_nothing_leaves_nothing(launch):
    launch.discard()
    assert list((launch.folder / "launches").iterdir()) == []
