"""Runs one workflow of an organisation, in this process: `python3 -m bifrost_executor --help`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import traceback

import redis

from . import ModuleStore, Truth, install


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m bifrost_executor", description=__doc__)
    parser.add_argument("workflow", help="the path of a workflow, such as workflows/greet.py; its main() is called")
    parser.add_argument("--org", metavar="ID", help="the organisation's id (default: none, so that only global is seen)")
    parser.add_argument("--input", metavar="JSON", default="null", help="what main() is called with (default: null)")
    options = parser.parse_args()

    # rediss:// for TLS; of a cluster, redis.RedisCluster.from_url() takes any of its nodes.
    client = redis.Redis.from_url(os.environ["BIFROST_REDIS_URL"], decode_responses=True)
    database = os.environ.get("BIFROST_DATABASE_URL")
    store = ModuleStore(client, Truth(database) if database else None)
    snapshot = store.snapshot(options.org)
    client.close()
    if snapshot.resolve(options.workflow) is None:
        print(f"There is no {options.workflow} in {' or '.join(layer.scope for layer in snapshot.layers)}", file=sys.stderr)
        return 2

    install(snapshot)
    try:
        workflow = importlib.import_module(options.workflow.removesuffix(".py").replace("/", "."))
        print(json.dumps(workflow.main(json.loads(options.input))))
    except Exception:
        # Unlike the interpreter's own report, this asks the finder for the lines.
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
