"""Runs one workflow of an organisation: `python3 -m bifrost_executor --help`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict

from . import ModuleStore, Truth, connect


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m bifrost_executor", description=__doc__)
    parser.add_argument("workflow", help="the path of a workflow, such as workflows/greet.py; its main() is called")
    parser.add_argument("--org", metavar="ID", help="the organisation's id (default: none, only global is seen)")
    parser.add_argument("--input", metavar="JSON", default="null", help="what main() is called with (default: null)")
    options = parser.parse_args()

    database = os.environ.get("BIFROST_DATABASE_URL")
    store = ModuleStore(connect(os.environ["BIFROST_REDIS_URL"]), Truth(database) if database else None)
    snapshot = store.snapshot(options.org)
    if snapshot.resolve(options.workflow) is None:
        scopes = " or ".join(layer.scope for layer in snapshot.layers)
        print(f"There is no {options.workflow} in {scopes}", file=sys.stderr)
        return 2

    run = {"snapshot": asdict(snapshot), "workflow": options.workflow, "input": json.loads(options.input)}
    # The code is somebody else's, and whoever reads Redis reads every organisation: it runs in a process that is told
    # neither where Redis is nor anything else of this one. The rest is for a container, or another user, to take away: the
    # network, and on Linux /proc, where a process of the same user reads the environment of this one.
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath}
    child = [sys.executable, "-m", "bifrost_executor.run"]
    return subprocess.run(child, input=json.dumps(run), text=True, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
