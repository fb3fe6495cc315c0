"""Reads Postgres, which is the truth: for whatever Redis has lost, and for what was pushed over while a run was reading."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from .cascade import Layer

# A file lived from the revision that wrote it up to, and not including, the one that changed or deleted it.
AT_REVISION = """
  select path, {column} from workspace_files
    where organization_id is not distinct from %(id)s and revision <= %(at)s {only}
  union all
  select path, {column} from workspace_file_history
    where organization_id is not distinct from %(id)s and valid_from <= %(at)s and valid_until > %(at)s {only}
"""


class Truth:
    """`url` is a Postgres URL whose role may read `workspace_files`, `workspace_file_history`, `revisions` and `pins`."""

    def __init__(self, url: str) -> None:
        self._url = url

    def layers(self, organization: str | None) -> tuple[Layer, ...]:
        """The layers of a run, all of one moment."""
        with psycopg.connect(self._url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            own = () if organization is None else (self._layer(connection, organization, None),)
            row = connection.execute("select revision from pins where organization_id = %s", (organization,)).fetchone()
            return (*own, self._layer(connection, None, row[0] if row else None))

    def _layer(self, connection: psycopg.Connection, organization: str | None, pin: int | None) -> Layer:
        latest = "select coalesce(max(number), 0) from revisions where organization_id is not distinct from %s::uuid"
        (newest,) = connection.execute(latest, (organization,)).fetchone() or (0,)
        revision = newest if pin is None else pin
        rows = connection.execute(
            AT_REVISION.format(column="content_hash", only=""), {"id": organization, "at": revision}
        ).fetchall()
        scope = organization or ("global" if pin is None else f"global@{pin}")
        return Layer(scope, revision, dict(rows))

    def contents(self, layer: Layer, paths: Sequence[str]) -> dict[str, str]:
        """The contents of these paths as they were at the layer's revision, by their hash."""
        organization = None if layer.scope.startswith("global") else layer.scope
        query = AT_REVISION.format(column="content", only="and path = any(%(paths)s)")
        with psycopg.connect(self._url) as connection:
            rows = connection.execute(
                query, {"id": organization, "at": layer.revision, "paths": list(paths)}
            ).fetchall()
        return {layer.files[path]: content for path, content in rows}
