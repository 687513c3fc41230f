"""What a drift is: the values that say how offsets and surfaces came about, and where that puts every span."""

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, overload

from spanproof.arrays import Ints

Level = Literal["proved", "likely", "open"]
"""How sure a place is: it is proved, it is the best by a margin, or there are only candidates."""
_LISTED, _LONG = 3, 240  # readings that a statement lists at most, and so many characters of more than two


def statement_of(readings: Sequence[str], alike: bool = True) -> str:
    """Return in one line what nothing tells apart; it lists only the first readings if they are many or long.

    Args:
        readings: causes in words.
        alike: whether all of them give the same correction.
    """
    if len(readings) < 2:
        return "".join(readings)
    listed = list(readings[:_LISTED])
    while len(listed) > 2 and sum(map(len, listed)) > _LONG:
        listed.pop()
    if more := len(readings) - len(listed):
        listed.append(f"and {more} more")
    number = len(readings)
    head = f"{number} explanations give the same correction" if alike else f"one of {number} explanations"
    return f"{head}: {'; '.join(listed)}"


@dataclass(frozen=True)
class Model:
    """One explanation of stored offsets and surfaces.

    ``stored = true + base + sum over characters c of (width(c) - 1) * (how often c stands before)``, and the same with
    the known units in the place of the widths. Each member is plain data, so that a model can be written out.

    Attributes:
        units: the known units whose excesses add up; each as the names that count this text alike.
        widths: characters with how much more than 1 each counts, for a unit that has no name.
        base: by how much every offset is too high (code points).
        edits: where the text was edited: the boundaries between which it was (in the text as it is), and how many code
            points were deleted there (below 0: inserted).
        end: what the second number is: ``end``, ``last`` (that of the last character), ``length`` in the unit of the
            start, ``points`` (length in code points).
        frame: what offsets count from: ``text``, ``paragraph``, ``line``, ``sentence``, ``passage``, ``window-400``
            where windows begin every 400 code points, or ``restarted`` where parts of the list count each from its own.
        writings: how surfaces are written, as the names that write them alike; empty where they are slices.
    """

    units: tuple[tuple[str, ...], ...] = ()
    widths: tuple[tuple[str, int], ...] = ()
    base: int = 0
    edits: tuple[tuple[int, int, int], ...] = ()
    end: str = "end"
    frame: str = "text"
    writings: tuple[str, ...] = ()


class Placement(NamedTuple):
    """Where one span belongs.

    Attributes:
        level: how sure that is.
        place: start and end (code points, half open); None where it is open.
        candidates: the places that could be meant, those nearest to where proved spans beside it let it be expected, in
            order.
        withheld: whether the model has a place for it that isn't proved, since a search for the first occurrence may
            have found it.
    """

    level: Level = "open"
    place: tuple[int, int] | None = None
    candidates: tuple[tuple[int, int], ...] = ()
    withheld: bool = False


@dataclass(frozen=True, eq=False)
class Places:
    """Where spans are put, as arrays of shape (spans,).

    Attributes:
        start: the first code point of each.
        stop: the code point after its last.
    """

    start: Ints
    stop: Ints

    def alike(self, other: "Places") -> bool:
        """Say whether others are the same."""
        return bool((self.start == other.start).all() and (self.stop == other.stop).all())


class ProvedPlacements(Sequence[Placement]):
    """Placements of spans that are all proved: kept as arrays until one is asked for.

    Attributes:
        places: where the spans belong.
        different: how many different spans these are.
    """

    def __init__(self, places: Places, different: int) -> None:
        self.places, self.different = places, different

    def __len__(self) -> int:
        """Count the spans."""
        return len(self.places.start)

    @overload
    def __getitem__(self, k: int) -> Placement: ...

    @overload
    def __getitem__(self, k: slice) -> tuple[Placement, ...]: ...

    def __getitem__(self, k: int | slice) -> Placement | tuple[Placement, ...]:
        """Return the placement of one span, or those of some as a tuple."""
        return self._each[k]

    @functools.cached_property
    def _each(self) -> tuple[Placement, ...]:
        places = zip(self.places.start.tolist(), self.places.stop.tolist(), strict=True)
        return tuple(Placement("proved", place) for place in places)

    def __iter__(self) -> Iterator[Placement]:
        """Yield the placement of each span."""
        return iter(self._each)

    def __eq__(self, other: object) -> bool:
        """Say whether others are the same placements in the same order."""
        return isinstance(other, Sequence) and self._each == tuple(other)

    def __hash__(self) -> int:
        """Return the hash of the placements as a tuple."""
        return hash(self._each)

    def __repr__(self) -> str:
        """Return what the tuple of the placements shows."""
        return repr(self._each)


Origin = Literal["search", "unit", "step"]
"""How it was found that a cause explains as much: by the search, as a known unit, as one step of the offsets."""


class Equal(NamedTuple):
    """One of the causes that give the proved spans of a document the same places.

    Attributes:
        statement: the cause in words.
        keys: what it says of offsets that aren't right, by which other documents may bear it out.
        name: the short name.
        models: the cause as plain values.
        bits: of its description, and of what it leaves.
        parts: in how many ways it departs from sound offsets.
        origin: how it was found.
    """

    statement: str
    keys: tuple[str, ...]
    name: str
    models: tuple[Model, ...]
    bits: float
    parts: int
    origin: Origin


@dataclass(frozen=True)
class Explanation:
    """Why spans of a text disagree with their surfaces.

    Attributes:
        models: the proved models: one, or several where spans of several origins stand in the text; none if nothing is
            proved.
        name: the short name of the cause; empty if none is known. Without models it is likely at most.
        readings: the cause in words, and all others that explain as much in as few words and place every span alike.
        share: how many documents show it, in words; empty where that isn't known.
        witnesses: how many different spans the models place, or without models, bear the cause out.
        foreign: whether no model places half of the spans, so that they may belong to another text.
        placements: where each span belongs, in the order in which they were asked about.
        rivals: how many other models explain as much in as few words and place every span alike.
        equals: all causes that may be told as equals, before those of all documents are compared.
        saved: bits by which the first model is shorter than to say of each wrong span that nothing explains it.
    """

    models: tuple[Model, ...]
    name: str
    readings: tuple[str, ...]
    share: str
    witnesses: int
    foreign: bool
    placements: Sequence[Placement]
    rivals: int = 0
    equals: tuple[Equal, ...] = ()
    saved: float = math.inf

    @property
    def places(self) -> Places | None:
        """Return where all spans belong, in the order in which they were asked about; None unless all are proved.

        It may be None where all are: then only the placements tell it.
        """
        return self.placements.places if isinstance(self.placements, ProvedPlacements) else None

    @property
    def statement(self) -> str:
        """Return the cause in one line; empty if none is known."""
        return _stated(self.readings, self.share)


@functools.lru_cache(maxsize=256)
def _stated(readings: tuple[str, ...], share: str) -> str:
    """Return causes in one line, with how many documents show them."""
    return statement_of(readings) + (f" ({share})" if share else "")
