"""Runs one workflow in this process, out of the snapshot on standard input, and prints what it returns."""

from __future__ import annotations

import importlib
import json
import sys
import traceback

from .cascade import Layer, Snapshot
from .finder import install


def main() -> int:
    run = json.load(sys.stdin)
    layers = tuple(Layer(**layer) for layer in run["snapshot"]["layers"])
    install(Snapshot(layers, run["snapshot"]["contents"]))
    # Standard output is the result's; what the workflow prints goes beside it.
    output, sys.stdout = sys.stdout, sys.stderr
    try:
        workflow = importlib.import_module(run["workflow"].removesuffix(".py").replace("/", "."))
        print(json.dumps(workflow.main(run["input"])), file=output)
    except Exception:
        # Unlike the interpreter's own report, this asks the finder for the lines.
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
