"""An executor's view of Bifrost Modules: layers out of Redis, the cascade over them, and Python's imports on top."""

from .cascade import Found, Layer, Snapshot
from .finder import install
from .store import ModulesLost, ModuleStore, connect
from .truth import Truth

__all__ = ["Found", "Layer", "ModuleStore", "ModulesLost", "Snapshot", "Truth", "connect", "install"]
