"""The script that trains, in an environment that holds nothing of eurosift."""

import ast
from pathlib import Path

import eurosift.langid.train


def test_the_script_needs_fasttext_and_the_standard_library_only():
    source = Path(eurosift.langid.train.__file__).with_name("fit.py").read_text()
    imported = {
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported == {"__future__", "fasttext", "json", "pathlib", "sys"}
