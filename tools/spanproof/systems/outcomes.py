"""Outcomes: what became of the requests and answers of one prediction, so that nothing lost costs nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, runtime_checkable

from spanproof.systems.system import Annotations, Source

FAILED_AT_MOST = 0.05
"""The share of requests without a usable answer beyond which there is no prediction."""


@dataclass(frozen=True)
class Unplaced:
    """An item of an answer that is no annotation.

    Attributes:
        document: the key of the document.
        layer: the layer that was asked for.
        label: its label; the first of the layer where it has none that the layer knows, empty in a layer without.
        words: what was quoted; empty where nothing was.
        why: why it isn't in the prediction.
        malformed: whether it isn't of the shape that was asked for, so that nothing could be looked for.
    """

    document: str
    layer: str
    label: str
    words: str
    why: str
    malformed: bool = False


@dataclass
class RequestOutcomes:
    """What became of requests and answers.

    Attributes:
        requests: how many questions were asked: one a layer and part of a text.
        failures: those without a usable answer, by what came in its place.
        sent: requests that went to the server in this run.
        reused: answers that an earlier run had kept.
        annotations: how many items of answers were placed.
        likely: those of them whose place is likely and not proved: document, layer, start and end (code points).
        unplaced: the items that weren't placed, or not of the shape that was asked for.
        tokens: in requests and in answers, as the server counts them; of failures and kept answers too.
        seconds: the sum over requests, of which many run at once.
        cost: in the currency of the price list; None without a price of the model.
        left_out: options of requests that the server didn't take.
    """

    requests: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    reused: int = 0
    annotations: int = 0
    likely: list[tuple[str, str, int, int]] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    tokens: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    cost: float | None = None
    left_out: list[str] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many questions have a usable answer."""
        return self.requests - sum(self.failures.values())

    @property
    def malformed(self) -> int:
        """How many items of answers weren't of the shape that was asked for."""
        return sum(item.malformed for item in self.unplaced)

    @property
    def problem(self) -> str | None:
        """Why this is no prediction; None where enough was answered."""
        failed = sum(self.failures.values())
        if failed <= FAILED_AT_MOST * self.requests:
            return None
        ordered = sorted(self.failures.items(), key=lambda pair: -pair[1])
        kinds = ", ".join(f"{count} {kind}" for kind, count in ordered)
        return (
            f"{failed} of {self.requests} requests have no usable answer ({kinds}), more than "
            f"{FAILED_AT_MOST:.0%}: no prediction and no score"
        )

    @property
    def as_json(self) -> dict[str, Any]:
        """The outcomes as an object of JSON."""
        return asdict(self)

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "RequestOutcomes":
        """Return the outcomes that :attr:`as_json` gave."""
        asked, answered = value["tokens"]
        read: dict[str, Any] = {
            "failures": dict(value["failures"]),
            "likely": [tuple(place) for place in value["likely"]],
            "unplaced": [Unplaced(**item) for item in value["unplaced"]],
            "tokens": (asked, answered),
        }
        return cls(**{**value, **read})


@runtime_checkable
class KeepsOutcomes(Protocol):
    """What predicts and keeps the outcomes of its last prediction."""

    outcomes: RequestOutcomes

    def __call__(self, sources: Sequence[Source]) -> Iterable[Annotations]:
        """Return the annotations of each text."""
        ...
