"""Reads what executors need of Redis: one snapshot a run, whatever is pushed while it reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import redis

from .cascade import Layer, Snapshot
from .truth import Truth

# Keys in one MGET, so that no reply holds more than some megabytes.
BATCH = 100
# A push takes milliseconds: whoever meets a new one again and again asks Postgres, which keeps the past.
ATTEMPTS = 5


class ModulesLost(Exception):
    """Redis does not hold what a run needs, and there is no Postgres to ask."""


def connect(urls: str) -> Any:
    """Redis at a URL, or the cluster that it is a node of. Of several, separated by commas, the first that answers."""
    clients = [(url, redis.Redis.from_url(url.strip(), decode_responses=True)) for url in urls.split(",")]
    for url, client in clients:
        try:
            if not client.info("cluster")["cluster_enabled"]:
                return client
            return redis.RedisCluster.from_url(url.strip(), decode_responses=True)
        except redis.RedisError:
            continue
    # Away: whoever reads finds that out, and asks Postgres.
    return clients[0][1]


class ModuleStore:
    """Takes snapshots. `client` is a `redis.Redis` or a `redis.RedisCluster` with `decode_responses=True`."""

    def __init__(self, client: Any, truth: Truth | None = None) -> None:
        self._redis = client
        self._truth = truth
        # Contents never change under their hash: what one run has read, no other reads again. It holds every version that
        # was ever read; a process that lives for weeks wants a bound here.
        self._contents: dict[str, str] = {}

    def snapshot(
        self, organization: str | None, wanted: Callable[[str], bool] = lambda path: path.endswith(".py")
    ) -> Snapshot:
        """The layers of a run, with the contents of the paths that are wanted.

        `organization` is its id, None for a run that belongs to none. Raises ModulesLost.
        """
        for _ in range(ATTEMPTS):
            try:
                layers = self._layers(organization)
                if layers is None:
                    break
                if all([self._load(layer, wanted) for layer in layers]):
                    return self._taken(layers, wanted)
            except redis.RedisError:
                break
        if self._truth is None:
            raise ModulesLost(f"Redis does not hold what {organization or 'global'} needs")
        layers = self._truth.layers(organization)
        for layer in layers:
            self._contents |= self._truth.contents(layer, self._unknown(layer, wanted))
        return self._taken(layers, wanted)

    def _layers(self, organization: str | None) -> tuple[Layer, ...] | None:
        """The layers as Redis has them; None where something was lost, which never means that nothing is there."""
        if organization is None:
            below, _ = self._layer("global")
            return None if below is None else (below,)
        own, pin = self._layer(organization, with_pin=True)
        if own is None or pin is None:
            return None
        below, _ = self._layer("global" if pin == "latest" else f"global@{pin}")
        return None if below is None else (own, below)

    def _layer(self, scope: str, with_pin: bool = False) -> tuple[Layer | None, str | None]:
        """Index, revision and pin in one MULTI: they belong together, and share a slot of a cluster."""
        index_key = f"bifrost:index:{{{scope}}}"
        transaction = self._connection(index_key).pipeline(transaction=True)
        transaction.get(f"bifrost:revision:{{{scope}}}").hgetall(index_key)
        if with_pin:
            transaction.get(f"bifrost:pin:{{{scope}}}")
        revision, files, *pin = transaction.execute()
        # Redis evicts key by key: an index without files is a lost one, except at revision 0.
        if revision is None or (not files and revision != "0"):
            return None, None
        return Layer(scope, int(revision), files), (pin[0] if pin else None)

    def _connection(self, key: str) -> Any:
        """Redis itself, or the node of a cluster that holds the key."""
        if isinstance(self._redis, redis.RedisCluster):
            return self._redis.get_redis_connection(self._redis.get_node_from_key(key))
        return self._redis

    def _load(self, layer: Layer, wanted: Callable[[str], bool]) -> bool:
        """Reads what is not known yet. False where a module is not the index's: a push came in between, or it was lost."""
        paths = self._unknown(layer, wanted)
        complete = True
        for start in range(0, len(paths), BATCH):
            batch = paths[start : start + BATCH]
            for path, text in zip(batch, self._get([f"bifrost:module:{layer.scope}:{path}" for path in batch])):
                content = content_of(text, path, layer.files[path])
                if content is None:
                    complete = False
                else:
                    self._contents[layer.files[path]] = content
        return complete

    def _get(self, keys: Sequence[str]) -> Iterable[str | None]:
        # Modules lie in all slots of a cluster, so that one scope's do not lie on one node.
        if isinstance(self._redis, redis.RedisCluster):
            return self._redis.mget_nonatomic(keys)
        return self._redis.mget(keys)

    def _unknown(self, layer: Layer, wanted: Callable[[str], bool]) -> list[str]:
        return [path for path, digest in layer.files.items() if wanted(path) and digest not in self._contents]

    def _taken(self, layers: tuple[Layer, ...], wanted: Callable[[str], bool]) -> Snapshot:
        digests = {digest for layer in layers for path, digest in layer.files.items() if wanted(path)}
        if not digests <= self._contents.keys():
            raise ModulesLost("Postgres keeps no more what the snapshot names: take another one")
        return Snapshot(layers, {digest: self._contents[digest] for digest in digests})


def content_of(text: str | None, path: str, digest: str) -> str | None:
    """The content of a module's value; None where it is missing, of another file, or another version than the index names."""
    try:
        module = json.loads(text or "null")
        content = module["content"]
        if module["path"] == path and hashlib.sha256(content.encode()).hexdigest() == digest:
            return content
    except (TypeError, KeyError, ValueError, AttributeError):
        pass
    return None
