"""What a run sees, and where an import leads in it. No IO: this part is the same in every language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# In each layer, in this order: the path as it is written, with an extension, and then the same as a folder's index.
PYTHON = ((".py",), "__init__")
TYPESCRIPT = ((".ts", ".mts", ".js", ".mjs", ".json"), "index")


@dataclass(frozen=True)
class Layer:
    """The files of one scope at one revision."""

    #: As the keys spell it: an organisation's id, `global`, or `global@42`.
    scope: str
    revision: int
    #: Path to the SHA-256 of its content, in hexadecimal digits.
    files: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    layer: Layer
    path: str


@dataclass(frozen=True)
class Snapshot:
    """The layers of one run, the organisation's before the global one, with the contents that the run may ask for."""

    layers: tuple[Layer, ...]
    #: By the content's hash.
    contents: Mapping[str, str]

    def resolve(self, name: str, language: tuple[tuple[str, ...], str] = PYTHON) -> Found | None:
        """Where a module's name leads, such as `shared/halopsa`. The layer decides first, the extension second."""
        for layer in self.layers:
            for path in candidates(name, language):
                if path in layer.files:
                    return Found(layer, path)
        return None

    def is_folder(self, name: str) -> bool:
        """Whether any layer has files below this path."""
        prefix = f"{name}/"
        return any(path.startswith(prefix) for layer in self.layers for path in layer.files)

    def read(self, found: Found) -> str:
        """The content of a file that this snapshot was taken with. Raises KeyError for any other."""
        return self.contents[found.layer.files[found.path]]


def candidates(name: str, language: tuple[tuple[str, ...], str]) -> Iterator[str]:
    extensions, index = language
    if name.endswith(extensions):
        yield name
    for stem in (name, f"{name}/{index}"):
        for extension in extensions:
            yield f"{stem}{extension}"
