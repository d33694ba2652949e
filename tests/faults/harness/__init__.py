"""Faults at random points of a small run, each from a seed that repeats it.

Tests are no package: `tests/faults/conftest.py` and `benchmarks/faults.py` load this folder by its
path. Each kind of fault is a module with a function ``strike(scene, rng)``, which makes the fault,
heals the run as its owner would, and says in words what it did; ``scene.kinds`` names each fault
that was made.
"""

from tests.disks import NotPossibleError

from .damages import strike as damage
from .disks import strike as fill_disk
from .inputs import strike as change_input
from .kills import strike as kill
from .scene import Calm, FaultError, Scene
from .twice import strike as start_twice
from .unreadable import strike as make_unreadable

STRIKES = {
    "kills": kill,
    "disks": fill_disk,
    "damages": damage,
    "inputs": change_input,
    "unreadable": make_unreadable,
    "twice": start_twice,
}

__all__ = ["STRIKES", "Calm", "FaultError", "NotPossibleError", "Scene"]
