"""Damage to files of a finished run: `verify` names it, removing what it names heals it."""

from __future__ import annotations

from .scene import require

KINDS = ("truncate", "flip", "swap", "delete", "empty", "directory", "dangling")
HEALED = ("truncate", "empty", "delete", "dangling")
"""What `run` notices by itself, at least in a Parquet file: its end is where the footer is."""


def strike(scene, rng):
    """Damage one or two files of a finished run, verify, remove, run, and compare."""
    kind = rng.choice(KINDS)
    name = rng.choice(sorted(n for n in scene.calm.data if n != "plan.json"))
    other = _other(scene, name, rng) if kind == "swap" else None
    if kind == "swap" and other is None:
        kind = "empty"
    scene.kinds.append(kind)
    path = scene.run_folder / name
    _damage(kind, path, other, rng)
    told = f"{kind} {name}{f' with {other.name}' if other else ''}"
    done = scene.verify()
    gone = kind in {"delete", "dangling"}
    require(done.code in ({3, 4} if gone else {4}), f"{told}: not found by verify", done)
    stage = name.split("/")[0]
    named = [n for n in (name, other and str(other.relative_to(scene.run_folder))) if n]
    if done.code == 4:
        require(any(n in done.err for n in named), f"{told}: not named by verify", done)
    else:
        require(stage in done.err, f"{told}: its stage is not named by verify", done)
    if done.code == 4 and (kind not in HEALED or rng.random() < 0.5):
        _remove_named(scene, done, told)
    done = scene.run()
    require(done.code == 0, f"{told}: running again does not end well", done)
    scene.check()
    return told


def _remove_named(scene, done, told):
    """Do what the message says: remove the files that are damaged."""
    removed = 0
    for path in sorted(scene.run_folder.rglob("*")):
        named = str(path.relative_to(scene.run_folder)) in done.err
        if named and path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif named and not path.is_dir():
            path.unlink()
        removed += named
    require(removed, f"{told}: verify names nothing that could be removed", done)


def _other(scene, name, rng):
    """Another file of the same folder and kind, with other content."""
    path = scene.run_folder / name
    others = [
        p
        for p in sorted(path.parent.iterdir())
        if p != path and p.suffix == path.suffix and p.read_bytes() != path.read_bytes()
    ]
    return rng.choice(others) if others else None


def _damage(kind, path, other, rng):
    content = path.read_bytes()
    if kind == "truncate":
        path.write_bytes(content[: rng.randrange(len(content))])
    elif kind == "flip":
        changed = bytearray(content)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
    elif kind == "swap":
        path.write_bytes(other.read_bytes())
        other.write_bytes(content)
    elif kind == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
        if kind == "directory":
            path.mkdir()
        elif kind == "dangling":
            path.symlink_to("nowhere")
