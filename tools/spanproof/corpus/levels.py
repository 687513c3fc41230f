"""The values at the places of records in columns, and what is put together of them: texts, keys."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spanproof.arrays import Ints, integers, to_arrow
from spanproof.schema.lens import JoinedText, Lens


class NotPlainError(Exception):
    """Records that are to be read one after another."""


@dataclass(frozen=True)
class Level:
    """The values at a place of records.

    Attributes:
        array: the values.
        record: the number of each one's record.
        holder: which of the values around it each is in.
        numbers: its number in each list on the way, and the depth of the list.
        depth: how many steps lead to the place.
    """

    array: pa.Array
    record: Ints
    holder: Ints
    numbers: tuple[tuple[int, Ints], ...]
    depth: int = 0

    @classmethod
    def of(cls, records: pa.Array) -> "Level":
        """Return the records themselves."""
        every = np.arange(len(records))
        return cls(records, every, every, ())

    def below(self, step: str) -> "Level":
        """Return the values one step further.

        Raises:
            NotPlainError: there are none, or not in each.
        """
        depth = self.depth + 1
        if step != "*":
            return Level(member_of(self.array, step), self.record, np.arange(len(self.record)), self.numbers, depth)
        if not pa.types.is_list(self.array.type) or self.array.null_count:
            raise NotPlainError
        lengths = lengths_of(self.array)
        holder = np.repeat(np.arange(len(lengths)), lengths)
        numbers = tuple((at, number[holder]) for at, number in self.numbers)
        return Level(self.array.flatten(), self.record[holder], holder, (*numbers, (depth, numbers_in(lengths))), depth)


def member_of(array: pa.Array, name: str) -> pa.Array:
    """Return a member of each of some objects.

    Raises:
        NotPlainError: they are no objects, or have no such member.
    """
    if not pa.types.is_struct(array.type) or array.type.get_field_index(name) < 0:
        raise NotPlainError
    return array.flatten()[array.type.get_field_index(name)]


def lengths_of(lists: pa.Array) -> Ints:
    """Return how long each list is, 0 where it is null."""
    return integers(pc.list_value_length(lists))[0].astype(np.int64)


def numbers_in(lengths: Ints) -> Ints:
    """Return the number of each item in its list."""
    return np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def keys_of(lens: Lens, levels: Sequence[Level]) -> pa.Array:
    """Return the composed keys of documents.

    Args:
        lens: what they are composed of.
        levels: the records, what is on the way to documents, and these.

    Raises:
        NotPlainError: a part of one is missing.
    """
    named: dict[str, pa.Array] = {}
    deepest = 0
    for name in lens.key:
        if name != "#":
            level = [
                level for level in levels if pa.types.is_struct(level.array.type) and name in names_of(level.array)
            ]
            named[name] = _part_of_key(name, level[-1], levels)
            deepest = max(deepest, level[-1].depth)
    steps = [to_arrow(number).cast(pa.string()) for depth, number in levels[-1].numbers if depth > deepest]
    if not steps and "#" in lens.key:
        raise NotPlainError
    named["#"] = pc.binary_join_element_wise(*steps, ".") if steps else pa.nulls(0)
    keys = pc.binary_join_element_wise(*(named[name] for name in lens.key), "#")
    if pc.any(pc.equal(keys, "")).as_py():
        raise NotPlainError
    return keys


def _part_of_key(name: str, having: Level, levels: Sequence[Level]) -> pa.Array:
    """Return a member of what encloses documents, or of these, for each document."""
    values = member_of(having.array, name)
    if values.null_count or not (pa.types.is_string(values.type) or pa.types.is_integer(values.type)):
        raise NotPlainError
    for level in levels[having.depth + 1 :]:
        values = values.take(to_arrow(level.holder))
    return values.cast(pa.string())


def names_of(array: pa.Array) -> list[str]:
    """Return the members of objects; none of anything else."""
    return [member.name for member in array.type] if pa.types.is_struct(array.type) else []


def joined_text(text: JoinedText, documents: pa.Array) -> pa.Array:
    """Return a text that is put together, of each document; null where nothing is there.

    Raises:
        NotPlainError: a piece is null, or no string.
    """
    if len(text.pieces) > 1:
        strings = [member_of(documents, place[0]) for place in text.pieces]
        some = functools.reduce(pc.or_, [string.is_valid() for string in strings])
        if not pc.all(some).as_py():  # Arrow leaves out the text of such a document
            raise NotPlainError
        return pc.binary_join_element_wise(*strings, text.separator, null_handling="skip")
    level = Level.of(documents)
    for step in text.pieces[0]:
        level = level.below(step)
    if not pa.types.is_string(level.array.type):
        raise NotPlainError
    if "*" not in text.pieces[0]:
        return level.array
    if level.array.null_count:
        raise NotPlainError
    lengths = np.bincount(level.record, minlength=len(documents))
    ends = np.append(0, np.cumsum(lengths)).astype(np.int32)
    whole = pc.binary_join(pa.ListArray.from_arrays(to_arrow(ends), level.array), text.separator)
    return pc.if_else(pc.greater(to_arrow(lengths), 0), whole, pa.scalar(None, pa.string()))
