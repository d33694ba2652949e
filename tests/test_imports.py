"""Who may import whom: pipeline → stages → {langid, filters, dedup}, and never back."""

import ast
import importlib
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "filters": {"filters"},
    "langid": {"langid", "filters"},
    "dedup": {"dedup", "filters"},
    "stages": {"stages", "langid", "filters", "dedup"},
    "pipeline": {"pipeline", "stages", "langid", "filters", "dedup"},
}
SOURCES = [path for folder in ALLOWED for path in sorted((ROOT / folder).rglob("*.py"))]
ELSEWHERE = [
    path
    for folder in ("tests", "benchmarks", "notebooks")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def imported(path):
    """Every module that a file imports, wherever in the file, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield f"relative import {'.' * node.level}{node.module or ''}", node.lineno
            elif node.module == "eurosift":
                for alias in node.names:
                    yield f"eurosift.{alias.name}", node.lineno
            else:
                yield str(node.module), node.lineno
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "import_module"
            and node.args
        ):
            yield _text(node.args[0]), node.lineno


def _text(node):
    """What is known of a string: for an f-string its fixed beginning."""
    if isinstance(node, ast.JoinedStr):
        node = node.values[0]
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_there_is_something_to_check():
    assert len(SOURCES) > 50
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} == set(ALLOWED)


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_imports_only_what_lies_below_it(folder):
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for module, line in imported(path)
        if module.startswith("eurosift.") and module.split(".")[1] not in ALLOWED[folder]
    ]
    assert wrong == []


def test_nothing_is_imported_under_its_bare_name():
    """A bare `import stages` from the root would make a second copy of each class."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in (*SOURCES, *ELSEWHERE)
        for module, line in imported(path)
        if module.split(".")[0] in ALLOWED or (path in SOURCES and module.startswith("relative"))
    ]
    assert wrong == []


def test_what_benchmarks_import_is_there():
    """They import late, within functions that no test runs."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sorted((ROOT / "benchmarks").glob("*.py"))
        for module, line in imported_names(path)
        if not _is_there(module)
    ]
    assert wrong == []


def imported_names(path):
    """Everything that a file takes from eurosift, with its module and the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "eurosift":
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def _is_there(name):
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), attribute) or bool(find_spec(name))
    except ModuleNotFoundError:
        return False


ADAPTERS = {
    "pipeline/execute.py",
    "pipeline/map_tasks.py",
    "pipeline/array_executor.py",
    "stages/datatrove.py",
}


def test_arithmetic_knows_nothing_of_scheduling_libraries():
    """datatrove belongs to the executors and to the one adapter."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        for module, line in imported(path)
        if module.split(".")[0] == "datatrove" and path.relative_to(ROOT).as_posix() not in ADAPTERS
    ]
    assert wrong == []


def test_the_check_sees_every_kind_of_import(tmp_path):
    path = tmp_path / "x.py"
    path.write_text(
        "import a.b, c\nfrom d.e import f\nfrom eurosift import stages\nfrom . import g\n"
        "def h():\n    import i\n    importlib.import_module(f'eurosift.pipeline.{x}')\n"
    )
    assert [module for module, _ in imported(path)] == [
        "a.b",
        "c",
        "d.e",
        "eurosift.stages",
        "relative import .",
        "i",
        "eurosift.pipeline.",
    ]
