"""Briefs: what a system that has no layers of its own is asked for, and how it may ask a server."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from spanproof.schema.paths import Document


@dataclass(frozen=True)
class Brief:
    """What is asked of a system that is told its task.

    Attributes:
        layers: the layers, each with the labels that may stand there.
        examples: annotated documents that it may learn from; none of them is scored.
        guidelines: the guidelines of annotators, a text.
        prices: by the name of a model what a million tokens cost, ``input`` and ``output``.
        concurrency: how many requests are under way at once, at most.
        per_minute: how many requests are sent in a minute, at most; None for no limit.
        patience: seconds after which an answer that isn't there whole is given up.
        store: the folder of the requests and answers; None keeps none.
    """

    layers: Mapping[str, tuple[str, ...]]
    examples: Sequence[Document] = ()
    guidelines: str = ""
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    concurrency: int = 8
    per_minute: float | None = None
    patience: float = 600.0
    store: Path | None = None

    @property
    def as_json(self) -> dict[str, Any]:
        """The brief as an object of JSON."""
        return {**asdict(self), "store": self.store and str(self.store)}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Brief":
        """Return the brief that :attr:`as_json` gave."""
        layers = {layer: tuple(labels) for layer, labels in value["layers"].items()}
        store = None if value["store"] is None else Path(value["store"])
        return replace(cls(**{**value, "layers": layers}), store=store)
