"""What all tests share: Hypothesis without a stopwatch, and serial tests kept on one worker."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "eurosift",
    # Machines that test are shared and slow; the time of one example says nothing.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    print_blob=True,
)
settings.load_profile("eurosift")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that measure or kill processes into one group: `--dist loadgroup` needs no more."""
    for item in items:
        if item.get_closest_marker("serial"):
            item.add_marker(pytest.mark.xdist_group("serial"))
