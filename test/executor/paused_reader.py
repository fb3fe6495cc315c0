"""Takes a snapshot, and lets the test do something between the indexes and each read of modules: one line out, one line in."""

import json
import os
import sys

from bifrost_executor import ModuleStore, Truth, connect


class PausedStore(ModuleStore):
    def _get(self, keys):
        print("reading", flush=True)
        sys.stdin.readline()
        return super()._get(keys)


database = os.environ.get("BIFROST_DATABASE_URL")
store = PausedStore(connect(os.environ["BIFROST_REDIS_URL"]), Truth(database) if database else None)
snapshot = store.snapshot(sys.argv[1])
print(json.dumps({path: snapshot.read(snapshot.resolve(path)) for path in sys.argv[2:]}), flush=True)
