"""Loads the harness by its path (tests are no package), and one undisturbed run for all."""

import importlib.util
import random
import sys
from pathlib import Path

import pytest


def load(name, path):
    """A module, or a package if it is an ``__init__.py``, by its path."""
    if name not in sys.modules:
        folder = [str(path.parent)] if path.name == "__init__.py" else None
        spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folder)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def load_harness():
    """The folder ``harness`` as a package."""
    return load("fault_harness", Path(__file__).parent / "harness" / "__init__.py")


load_harness()  # so that tests can import from it

tiny = load("tiny_project", Path(__file__).parents[1] / "pipeline" / "conftest.py")
tiny_stages, make_project, eurosift = tiny.tiny_stages, tiny.make_project, tiny.eurosift


@pytest.fixture(scope="session")
def harness():
    return load_harness()


@pytest.fixture(scope="session")
def calm(harness, tmp_path_factory):
    """A run over the small crawl that nothing disturbs."""
    return harness.Calm(tmp_path_factory.mktemp("calm"))


@pytest.fixture
def strike(harness, calm, tmp_path):
    """Make a fault of a kind from a seed: the scene with what was done, in words."""
    scenes = []

    def make(kind, seed):
        scene = harness.Scene(calm, tmp_path / f"{kind}-{seed}", finished=kind == "damages")
        scenes.append(scene)
        try:
            scene.told = harness.STRIKES[kind](scene, random.Random(seed))
        except harness.NotPossibleError as error:
            pytest.skip(str(error))
        except harness.FaultError as error:
            raise harness.FaultError(f"{kind}, seed {seed}: {error}") from None
        print(f"{kind}, seed {seed}: {scene.told}")  # noqa: T201 - shown when a test fails
        return scene

    yield make
    for scene in scenes:
        scene.close()
