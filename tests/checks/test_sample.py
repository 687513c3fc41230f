"""A sample of a corpus is that of its parts, however the corpus is divided, in whatever order they are added."""

import itertools
from collections.abc import Sequence
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.checks import sample
from spanproof.checks.sample import SampledText, TextSample
from spanproof.text.drift.shared import Annotated
from support import examples

TEXTS = st.integers(0, 12).map(
    lambda k: SampledText(Annotated(f"{k} " + "a" * (k * 5 % 23), ((0, 1, f"{k + 1}"),)), (("names", "*"),), (True,))
)
PARTS = st.lists(st.lists(TEXTS, max_size=6), min_size=1, max_size=5)


def small(patch: pytest.MonkeyPatch) -> None:
    for name, size in (("_TEXTS", 5), ("_POINTS", 60), ("_LONGEST", 20)):
        patch.setattr(sample, name, size)


def merged(parts: Sequence[Sequence[SampledText]]) -> TextSample:
    return reduce(TextSample.plus, map(TextSample.of, parts))


@settings(max_examples=examples(100))
@given(PARTS, st.randoms())
def test_the_sample_of_parts_is_that_of_the_whole(parts: list[list[SampledText]], random: object) -> None:
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        whole = TextSample.of(itertools.chain.from_iterable(parts))
        shuffled = sorted(parts, key=lambda _: random.random())  # type: ignore[attr-defined]
        assert merged(parts) == merged(shuffled) == whole
        assert merged([*parts, parts[0]]) == whole
        pairs = [TextSample.of(part) for part in parts]
        assert reduce(lambda after, before: before.plus(after), reversed(pairs)) == whole


@given(st.lists(TEXTS, max_size=20))
def test_a_sample_has_a_number_and_a_size_at_most_and_nothing_is_passed_over(texts: list[SampledText]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        taken = TextSample.of(texts)
        every = {one.key for one in texts if len(one.annotated.text) <= 20}
    assert len(taken.texts) <= 5
    assert sum(len(one.annotated.text) for one in taken.texts.values()) <= 60
    assert [*taken.texts] == sorted(every)[: len(taken.texts)]
    assert (taken.below is None) == (len(taken.texts) == len(every))
