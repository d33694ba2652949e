"""Train and quantise a fastText model. Run by file, in an environment of its own.

The training build of fastText and the one for inference own the same module name, so this file is
never imported by the package: `eurosift.langid.train` starts it with the interpreter of an
environment that holds ``fasttext-numpy2-wheel`` and nothing of eurosift.

Usage: ``python -I fit.py lines.txt parameters.json model.ftz``
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import fasttext


def main() -> None:
    """Train on the lines, quantise, save."""
    lines, parameters, model = sys.argv[1:4]
    settings = json.loads(Path(parameters).read_text(encoding="utf-8"))
    classifier = fasttext.train_supervised(input=lines, verbose=0, **settings["fasttext"])
    classifier.quantize(input=lines, retrain=False, verbose=0, **settings["quantise"])
    classifier.save_model(model)


if __name__ == "__main__":
    main()
