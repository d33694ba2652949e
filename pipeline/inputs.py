"""Which files a recipe reads, by paths and by URLs, and what they are called in the data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eurosift.pipeline.errors import PlanError
from eurosift.pipeline.recipe import Recipe
from eurosift.stages.extract.formats import html_files, is_html
from eurosift.stages.extract.listing import GLOB, count_fixed, list_files, split_url
from eurosift.stages.extract.remote import Remote, Source
from eurosift.stages.extract.stores import RemoteError, is_url, scheme_of


def input_root(recipe: Recipe) -> str:
    """Folder or URL that the names of input files are relative to.

    Where local files and stores are mixed, or stores of several kinds, it is the folder of the
    local files; the others are named by their whole URLs.
    """
    section = recipe.head.input
    if section.root is not None:
        if is_url(section.root):
            return section.root.rstrip("/") if not section.root.endswith("://") else section.root
        return os.path.normpath(recipe.base / section.root)
    local = [_split(recipe.base, pattern)[0] for pattern in section.path if not is_url(pattern)]
    if local:
        return os.path.commonpath(local)
    urls = [split_url(pattern)[0].split("://") for pattern in section.path]
    if len({scheme for scheme, _ in urls}) > 1:
        return str(recipe.base)
    common: list[str] = []
    for parts in zip(*(path.split("/") for _, path in urls), strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return f"{urls[0][0]}://{'/'.join(common)}"


def local_root(recipe: Recipe) -> Path | None:
    """Folder that the local inputs lie below; None if all are named by URLs."""
    if all(map(is_url, recipe.head.input.path)):
        return None
    root = input_root(recipe)
    return recipe.base if is_url(root) else Path(root)


class Inputs:
    """Where the inputs of a recipe are.

    Parameters
    ----------
    recipe
        The recipe.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.root = input_root(recipe)
        self._options = storage_options(recipe)
        self._folder = Path(self.root)

    def __getitem__(self, name: str) -> Source:
        """The input of a name that the plan has; a remote one is looked at anew."""
        if is_url(name):
            return Remote(name, self._options)
        if is_url(self.root):
            return Remote(self.root, self._options) / name
        return self._folder / name


def storage_options(recipe: Recipe) -> Mapping[str, Any]:
    """Options of the store of the URLs of a recipe, as fsspec takes them."""
    section = recipe.head.input
    return section.storage.for_urls(tuple(filter(is_url, section.path)))


def _split(base: Path, pattern: str) -> tuple[Path, str]:
    """Folder where a pattern begins, and the rest; `base` may hold what looks like a pattern."""
    parts = Path(os.path.normpath(pattern)).parts
    n = count_fixed(parts)
    return Path(os.path.normpath(base.joinpath(*parts[:n]))), str(Path(*parts[n:]))


def first_match(recipe: Recipe, pattern: str) -> str | None:
    """Name of the first file that a pattern matches, in order; None if there is none.

    Raises
    ------
    PlanError
        If the store of a URL cannot be asked.
    """
    if is_url(pattern):
        return next(iter(_listed(recipe, pattern)), None)
    folder, rest = _split(recipe.base, pattern)
    found = sorted(path.name for path in folder.glob(rest) if path.is_file())
    return found[0] if found else None


def find_inputs(recipe: Recipe) -> dict[str, Source]:
    """All files that match the recipe by name, relative to the input root, in order of the names.

    Where HTML is read, local folders match too; those without HTML files are left out, and so are
    other files where a pattern says nothing of their suffix.

    Raises
    ------
    PlanError
        If a pattern matches nothing, a file lies outside of the root, or a store cannot be asked.
    """
    root = input_root(recipe)
    found: dict[str, Source] = {}
    for pattern in recipe.head.input.path:
        if is_url(pattern):
            found |= _by_url(recipe, pattern, root)
        else:
            found |= _on_disk(recipe, pattern, root)
    if recipe.head.input.format == "html":
        _refuse_nested({name: path for name, path in found.items() if isinstance(path, Path)})
    return dict(sorted(found.items()))


def _any_name(rest: str) -> bool:
    """Whether a pattern says nothing of the suffix of its files."""
    last = rest.rsplit("/", 1)[-1]
    return bool(GLOB & set(last)) and not Path(last).suffix


def _listed(recipe: Recipe, pattern: str) -> dict[str, Remote]:
    """Files of a pattern by URL, by their names relative to the folder where it begins."""
    where = recipe.problem(("input", "path"), "")
    try:
        found = list_files(pattern, storage_options(recipe))
    except RemoteError as error:
        raise PlanError(f"{where}{pattern}: {error.strerror}") from error
    files = found.files
    html = recipe.head.input.format == "html"
    if html and _any_name(split_url(pattern)[1]):
        files = {name: file for name, file in files.items() if is_html(name)}
    if found.folders and not files:
        example = f"{pattern.rstrip('/')}/{'**/*.html' if html else '*.warc.gz'}"
        what = "; folders of HTML files are read from disk alone" if html else ""
        raise PlanError(
            f"{where}`{pattern}` is a folder: write {example}, or what its files are{what}"
        )
    if not files:
        raise PlanError(f"{where}no file matches {pattern}{_why_not(pattern)}")
    return files


def _why_not(pattern: str) -> str:
    if scheme_of(pattern) in ("http", "https") and GLOB & set(pattern):
        return ": a web server without pages of its folders tells no names; write every URL"
    return ""


def _by_url(recipe: Recipe, pattern: str, root: str) -> dict[str, Source]:
    named: dict[str, Source] = {}
    for file in _listed(recipe, pattern).values():
        name = file.url
        if is_url(root):
            start = root if root.endswith("/") else f"{root}/"
            if not name.startswith(start):
                raise PlanError(f"{name} is outside of the input root {root}; set input.root")
            name = name.removeprefix(start)
        named[name] = file
    return named


def _on_disk(recipe: Recipe, pattern: str, root: str) -> dict[str, Source]:
    folders = recipe.head.input.format == "html"
    folder, rest = _split(recipe.base, pattern)
    where = recipe.problem(("input", "path"), "")
    if not folders and (folder / rest).is_dir():
        example = Path(pattern, "*.warc.gz")
        raise PlanError(
            f"{where}`{pattern}` is a folder: write {example}, or what its files are; of a "
            "folder of HTML files, set input.format to html"
        )
    found = []
    any_name = _any_name(rest)
    for path in [folder] if rest == "." else folder.glob(rest):
        if path.is_file() and folders and any_name and not is_html(path.name):
            continue
        if path.is_file() or (folders and _has_pages(path)):
            found.append(path)
        elif path.is_symlink() and not path.exists():
            raise PlanError(f"input {path}: is a link to nothing; mend or remove it")
    if not found:
        raise PlanError(f"{where}no file matches {pattern} (looked in {recipe.base})")
    named: dict[str, Source] = {}
    for path in found:
        if not path.is_relative_to(root):
            raise PlanError(f"{path} is outside of the input root {root}; set input.root")
        name = path.relative_to(root).as_posix()
        try:
            name.encode()
        except UnicodeEncodeError:
            raise PlanError(f"{name!r} in {root}: its name is no UTF-8; rename it") from None
        named[name] = path
    return named


def _has_pages(folder: Path) -> bool:
    try:
        return bool(html_files(folder))
    except OSError as error:
        raise PlanError(f"input {error.filename}: {error.strerror}; mend or remove it") from error


def _refuse_nested(found: Mapping[str, Path]) -> None:
    """Look for folders that lie in others, or are the same by another name."""
    real: dict[Path, str] = {}
    for name, path in sorted(found.items()):
        other = real.setdefault(path.resolve(), name)
        if other != name:
            raise PlanError(f"{name} is the same as {other}: its pages would be there twice; "
                            "narrow input.path")  # fmt: skip
    for path, name in real.items():
        outer = next((real[parent] for parent in path.parents if parent in real), None)
        if outer is not None:
            raise PlanError(
                f"{name} lies in {outer}, which is an input too: its pages would be there twice; "
                "narrow input.path"
            )
