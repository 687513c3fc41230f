"""Tags and the spans that they say, against two packages that read them by the convention of conlleval."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqscore.encoding import get_encoding
from seqscore.validation import validate_labels

from spanproof.text.tags import Labelled, parts_of_tag, repair, scheme_of, spans_of_tags

KINDS = st.sampled_from(("PER", "LOC", "WORK_OF_ART"))
BIO = get_encoding("BIO")


def tags_of(prefixes: str) -> st.SearchStrategy[list[str]]:
    """Tags in any order, most of which are wrong in form."""
    tags = st.sampled_from(["O", *(f"{prefix}-{kind}" for prefix in prefixes for kind in ("A", "B-C"))])
    return st.lists(tags, max_size=12)


def spans(tags: list[str]) -> list[Labelled]:
    return list(spans_of_tags((k, k + 1, tag) for k, tag in enumerate(tags)))


@given(tags_of("BI") | tags_of("BIES"))
def test_spans_are_those_of_seqeval_by_default(tags: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [(low, last + 1, kind) for kind, low, last in get_entities(tags)]
    assert spans(tags) == theirs


@given(tags_of("BI"))
def test_spans_are_those_of_seqscore_after_its_repair(tags: list[str]) -> None:
    repaired = BIO.repair_labels(tags, "conlleval")
    theirs = [(each.span.start, each.span.end, each.type) for each in BIO.decode_labels(repaired)]
    assert spans(tags) == theirs


@pytest.mark.parametrize(
    ("tags", "right"),
    [
        (["O", "I-A", "I-A"], [(1, 3, "A")]),
        (["B-A", "I-B"], [(0, 1, "A"), (1, 2, "B")]),
        (["B-A", "B-A"], [(0, 1, "A"), (1, 2, "A")]),
        (["I-A", "B-A", "I-A"], [(0, 1, "A"), (1, 3, "A")]),
        ([], []),
    ],
)
def test_spans_by_hand(tags: list[str], right: list[Labelled]) -> None:
    assert spans(tags) == right


@given(
    st.lists(st.tuples(KINDS | st.none(), st.integers(1, 4)), max_size=12), st.sampled_from(("BIIB", "BIES", "BILU"))
)
def test_spans_written_as_tags_are_read_back(written: list[tuple[str | None, int]], scheme: str) -> None:
    tags, right = list[str](), []
    for kind, length in written:
        if kind is None:
            tags += ["O"] * length
            continue
        right.append((len(tags), len(tags) + length, kind))
        first, inside, last, alone = tuple(scheme)
        inner = [alone] if length == 1 else [first, *inside * (length - 2), last]
        tags += [f"{each}-{kind}" for each in inner]
    assert spans(tags) == right


@given(tags_of("BIESLUM") | st.lists(st.sampled_from(("O", "", "PER", "B_PER")), max_size=9))
def test_whatever_the_tags_spans_lie_apart_and_no_named_token_is_lost(tags: list[str]) -> None:
    found = spans(tags)
    assert [k for low, high, _ in found for k in range(low, high)] == [
        k for k, tag in enumerate(tags) if tag not in ("O", "")
    ]
    assert all(parts_of_tag(tags[k])[1] == kind for low, high, kind in found for k in range(low, high))


def test_labels_alone_are_joined_where_equal() -> None:
    assert spans(["PER", "PER", "O", "LOC", "PER"]) == [(0, 2, "PER"), (3, 4, "LOC"), (4, 5, "PER")]


def broken(tags: list[str], scheme: str) -> list[int]:
    pairs = zip(["O", *tags], [*tags, "O"], strict=True)
    return [k for k, (before, after) in enumerate(pairs) if repair(before, after, scheme)]


def seqscore_finds_fault(tags: list[str], scheme: str) -> bool:
    return not validate_labels(tags, get_encoding(scheme)).is_valid()


@given(tags_of("BI"))
def test_tags_are_sound_bio_where_seqscore_finds_no_fault(tags: list[str]) -> None:
    assert bool(broken(tags, "IOB2")) == seqscore_finds_fault(tags, "BIO")


@given(tags_of("BIES"))
def test_tags_are_sound_bioes_where_seqscore_finds_no_fault(tags: list[str]) -> None:
    assert bool(broken(tags, "BIOES")) == seqscore_finds_fault(tags, "BIOES")


@given(tags_of("BI"))
def test_tags_are_sound_iob1_where_seqscore_finds_no_fault(tags: list[str]) -> None:
    assert bool(broken(tags, "IOB1")) == seqscore_finds_fault(tags, "IOB")


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        (["O"], "IOB2"),
        (["B-A", "I-A", "O", "B-A"], "IOB2"),
        (["I-A", "O", "I-A", "B-A"], "IOB1"),
        (["B-A", "E-A", "S-B"], "BIOES"),
        (["B-A", "L-A", "U-B"], "BILOU"),
        (["B-A", "M-A", "E-A"], "BMES"),
        (["A", "O", "B"], "labels alone"),
        (["B-A", "I-A", "O", "B-A", "O", "I-B"], "IOB2"),
    ],
)
def test_the_scheme_is_the_one_that_fewest_tags_break(tags: list[str], scheme: str) -> None:
    assert scheme_of([tags]) == scheme
