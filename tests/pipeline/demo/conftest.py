import pytest

from eurosift.pipeline.demo import write_crawl
from eurosift.pipeline.demo.captures import captures


@pytest.fixture(scope="module")
def crawl(tmp_path_factory):
    return write_crawl(tmp_path_factory.mktemp("crawl"))


@pytest.fixture(scope="session")
def all_captures():
    return captures()
