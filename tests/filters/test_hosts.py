"""A URL is listed as its host, the parents of that, and their paths."""

from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.hosts import candidates, names_of, registrable

LABELS = st.text("abcx", min_size=1, max_size=3)
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(lambda parts: ".".join([*parts, "example"]))


@given(HOSTS, st.lists(LABELS, max_size=4))
def test_every_candidate_is_a_parent_of_the_url(host, path):
    for entry in candidates(f"https://{host}/{'/'.join(path)}"):
        domain, _, below = entry.partition("/")
        assert f".{host}".endswith(f".{domain.removeprefix('.')}")
        assert "/".join(path).startswith(below)


@given(HOSTS)
def test_parents_end_at_the_registrable_domain(host):
    own = [name for name in names_of(host) if not name.startswith(".")]
    assert own[0] == host
    assert own[-1].count(".") == 1


def test_what_is_too_long_for_a_host_is_none():
    longest = "a." * 126 + "b"
    assert registrable(f"http://{longest}/") == "a.b"
    for host in (f"a.{longest}", "a." * 50_000 + "eu", "é" * 100_000 + ".eu"):
        assert registrable(f"http://{host}/") is None
        assert list(candidates(f"http://{host}/x?y")) == []


def test_only_a_scheme_at_the_beginning_is_one():
    assert registrable("a.example/?to=http://b.example/") == "a.example"
    assert registrable("//a.example/x") == "a.example"
