"""Python's own imports over a snapshot: `from shared import halopsa` goes through the cascade."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType

from .cascade import Found, Snapshot


def install(snapshot: Snapshot) -> None:
    """Lets this process import from a snapshot, before anything else but Python's own modules.

    One process imports for one run: what it has imported stays in `sys.modules`, and must not be met by another
    organisation. Raises RuntimeError where a snapshot is installed already.
    """
    if any(isinstance(finder, SnapshotFinder) for finder in sys.meta_path):
        raise RuntimeError("A process imports from one snapshot: start another process for another run")
    sys.meta_path.insert(0, SnapshotFinder(snapshot))


class SnapshotFinder(importlib.abc.MetaPathFinder):
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in sys.stdlib_module_names:
            return None
        name = fullname.replace(".", "/")
        found = self._snapshot.resolve(name)
        if found is not None:
            loader = SnapshotLoader(self._snapshot, found)
            spec = importlib.machinery.ModuleSpec(
                fullname, loader, origin=loader.origin, is_package=loader.is_package(fullname)
            )
            # `__file__` is the origin, which tracebacks show.
            spec.has_location = True
            return spec
        if self._snapshot.is_folder(name):
            # A folder without __init__.py: a package that has nothing but what lies in it.
            return importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        return None


class SnapshotLoader(importlib.abc.InspectLoader):
    """Compiles a module out of the snapshot. A traceback names its layer, as `bifrost://global/shared/halopsa.py`."""

    def __init__(self, snapshot: Snapshot, found: Found) -> None:
        self._source = snapshot.read(found)
        self._found = found
        self.origin = f"bifrost://{found.layer.scope}/{found.path}"

    def get_source(self, fullname: str) -> str:
        return self._source

    def is_package(self, fullname: str) -> bool:
        return self._found.path.endswith("/__init__.py")

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.origin, "exec", dont_inherit=True)
