"""What the objects and arrays of a list are as spans: which members hold offsets, words and a label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spanproof.schema.node import Json
from spanproof.schema.open_shapes import is_identifier, is_number, members_called, most
from spanproof.schema.span_pairs import (
    LABELS,
    LENGTHS,
    SURELY,
    Located,
    agreeing,
    as_long,
    has_string,
    is_triples,
    numbers_of,
    pairs_of,
    value_of,
)

_SURFACES = ("text", "surface", "value", "word", "words", "mention", "span", "quote", "form", "string", "entity_text",
             "span_text", "coveredtext", "covered_text")  # fmt: skip
_NAMED_LABELS = LABELS[:10]
"""Those of which a schema can name one: strings."""
_ANYTHING = ("string", "number", "boolean", "array", "object", "null")


@dataclass
class SpanRead:
    """What the items of a layer are as spans.

    Attributes:
        layer: the layer, for messages.
        items: the items, each with its text or its tokens.
        unsure: takes what looked like a part of a span, and wasn't taken for it.
        doubtful: takes the members that are called as words are and mostly hold none.
    """

    layer: str
    items: Sequence[Located]
    unsure: list[str] = field(default_factory=list)
    doubtful: set[str | int] = field(default_factory=set)

    @property
    def unread_label(self) -> str | None:
        """The member with labels that are no strings; None where there are strings, or nothing like a label."""
        items = [item for item, _ in self.items if isinstance(item, Mapping)]
        called = [*members_called(LABELS, items)]
        if any(self._most_strings(name) for name in called):
            return None
        return next((name for name in called if most([name in item for item in items], bool)), None)

    def schema(self, binding: Json) -> tuple[Json, str]:
        """Return the schema of a span, and its members in words.

        Args:
            binding: where its text or its tokens are, as ``spanOf`` has it.
        """
        if is_triples([item for item, _ in self.items]):
            return self._array(binding)
        pairs, surface = pairs_of([item for item, _ in self.items]), self._surface()
        start, end = chosen = max(pairs, key=lambda pair: agreeing(pair, surface, self.items))
        others = [", ".join(pair) for pair in pairs if not {*pair} & {*chosen}]
        if others:
            self.unsure.append(f"what {' and '.join(others)} of {self.layer!r} count")
        by_words = self._most_strings(end)  # the words say where it ends
        if by_words:
            others = [name for name in self._members if name != start and self._most_numbers(name)]
            self.unsure += [f"what {name!r} of {self.layer!r} counts" for name in others if not is_identifier(name)]
        extent = "surface" if by_words else "length" if chosen in LENGTHS else "end"
        bound = {**binding, "start": start, extent: end, **self._counted(binding, chosen)}
        properties: dict[str, Any] = {start: {"type": "integer"}, end: {"type": "string" if by_words else "integer"}}
        if surface is not None and surface != end and "tokens" not in binding:
            bound["surface"] = surface
            properties[surface] = {"type": "string"}
        label = next((name for name in self._labels if name != surface), None)
        if label is not None:
            properties[label] = {"type": "string"}
        required = [start, end, *([label] if label else [])]
        span = {"type": "object", "spanOf": bound, **({"labelledBy": label} if label else {}), "required": required}
        left = [name for name in self._members if name not in properties and self._may_be_words(name)]
        read = ", ".join(dict.fromkeys(filter(None, [start, end, bound.get("surface"), label])))
        self._take_down(left)
        return {**span, "properties": properties}, read

    def _array(self, binding: Json) -> tuple[Json, str]:
        """Return the schema of ``[start, end, label]``, and of what else arrays hold, such as their words."""
        lengths = [len(item) for item, _ in self.items if isinstance(item, list) and len(item) >= 3]
        others = range(2, max(lengths))
        surface = next((k for k in others if "tokens" not in binding and self._holds_words(k)), None)
        possible = [k for k in others if k != surface and self._most_strings(k)]
        label = min(possible, key=lambda k: len({str(value_of(item, k)) for item, _ in self.items}), default=None)
        named = {0: "start", 1: "end"} | {
            k: name for k, name in ((label, "label"), (surface, "words")) if k is not None
        }
        size = max(named) + 1
        parts = [{"type": "integer" if k < 2 else "string" if k in named else _ANYTHING} for k in range(size)]
        bound = {**binding, "start": 0, "end": 1, **self._counted(binding, (0, 1))}
        bound |= {} if surface is None else {"surface": surface}
        span = {"type": "array", "minItems": 2 if label is None else label + 1, "prefixItems": parts, "spanOf": bound}
        span |= {"maxItems": size} if min(lengths) <= size else {}
        span |= {} if label is None else {"labelledBy": label}
        left = [k for k in others if k not in named and (k < size or "maxItems" not in span)]
        self._take_down(left)
        return span, f"[{', '.join(named.get(k, '…') for k in range(size))}]"

    def _take_down(self, left: Sequence[str | int]) -> None:
        """Take down what wasn't read and may be words."""
        for one in (one for one in left if one not in self.doubtful):
            of = f"of {self.layer!r}"
            self.unsure.append(f"what is at position {one} {of}" if isinstance(one, int) else f"what {one!r} {of} says")

    @property
    def _members(self) -> list[str]:
        return list(dict.fromkeys(name for item, _ in self.items if isinstance(item, Mapping) for name in item))

    @property
    def _labels(self) -> list[str]:
        """The members that are called as labels are, and hold strings."""
        called = members_called(_NAMED_LABELS, (item for item, _ in self.items))
        return [name for name in called if self._most_strings(name)]

    def _may_be_words(self, name: str) -> bool:
        """Say whether a member holds strings, and isn't called as identifiers are."""
        return not is_identifier(name) and any(has_string(item, name) for item, _ in self.items)

    def _counted(self, binding: Json, pair: tuple[Any, Any]) -> Json:
        """Return whether ends are those of the last token: where one is the start, or else it would be none."""
        if "tokens" not in binding or pair in LENGTHS:
            return {}
        offsets = [(numbers, len(tokens)) for item, tokens in self.items if (numbers := numbers_of(item, pair))]
        if any(end == size for (_, end), size in offsets):
            return {}
        if any(start == end for (start, end), _ in offsets):
            return {"inclusive": True}
        self.unsure.append(f"whether the ends of {self.layer!r} are those of the last token or of the one after it")
        return {}

    def _surface(self) -> str | None:
        """Return the member with the words: one surely called so, or that stands in the text in half of the spans.

        Not all spans need to have it, but those that do are held to it.
        """
        for name in members_called(_SURFACES, (item for item, _ in self.items)):
            of_name = [(item[name], whole) for item, whole in self.items if has_string(item, name)]
            there = sum(words in (whole if isinstance(whole, str) else " ".join(whole)) for words, whole in of_name)
            if of_name and (name.lower() in SURELY or there * 2 >= len(of_name)):
                return name
            if of_name:
                words = f"{there} of {len(of_name)} occur in the text"
                self.unsure.append(f"whether {name!r} of {self.layer!r} are the words: {words}")
                self.doubtful.add(name)
        # What is called as a label is may be the words if there is another label, such as `entity` beside `label`.
        others = [name for name in self._members if name not in self._labels or len(self._labels) > 1]
        return next((name for name in others if self._holds_words(name)), None)

    def _holds_words(self, name: str | int) -> bool:
        """Say whether a member, whatever it is called, holds the words of at least half of the spans that have it.

        They stand at the offsets, or elsewhere in the text and are as long as the offsets say.
        """
        items = [located for located in self.items if value_of(located[0], name) is not None]
        pairs: Sequence[tuple[Any, Any]] = pairs_of([item for item, _ in self.items]) or [(0, 1)]
        numbers = (max(agreeing(pair, name, items), as_long(pair, name, items)) for pair in pairs)
        return bool(items) and max(numbers) * 2 >= len(items)

    def _most_numbers(self, name: str) -> bool:
        return most(self.items, lambda located: is_number(value_of(located[0], name)))

    def _most_strings(self, name: str | int) -> bool:
        return most(self.items, lambda located: has_string(located[0], name))
