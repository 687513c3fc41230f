import re
import unicodedata
from collections.abc import Callable, Sequence

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from spanproof.text.drift.explain import explain
from spanproof.text.drift.model import Explanation
from spanproof.text.drift.pool import Annotated, explain_all
from spanproof.text.drift.span_columns import Span

NAMES = ("Ana", "Bo", "Çelik", "R&D", "Ida 😀", "Zoe\u0308", "İzmir", "\ufb01n", "“Q”")
WORDS = (
    "met",
    "and",
    "&",
    "😀",
    "…",
    "…",
    '"so"',
    "naïve",
    "\t",
    "e\u0301",
    "\r\n",
    "\n",
    "\n\n",
    "  ",
    "ß",
    "½",
    "क्षि",
)


@st.composite
def dense(draw: st.DrawFn, least: int = 12) -> tuple[str, list[Span]]:
    """A text in which few names stand many times, and spans on some of them."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True))
    text, spans = "", []
    for name in draw(st.lists(st.sampled_from(names), min_size=least, max_size=40)):
        words = draw(st.lists(st.sampled_from(WORDS), max_size=3))
        text += " ".join(("", *words, ""))
        spans.append((len(text), len(text) + len(name), name))
        text += name
    kept = draw(st.lists(st.booleans(), min_size=len(spans), max_size=len(spans)))
    return text, [span for span, keep in zip(spans, kept, strict=True) if keep] or spans


def placed(explanation: Explanation, level: str = "proved") -> list[tuple[int, int] | None]:
    return [placement.place if placement.level == level else None for placement in explanation.placements]


def nothing_misplaced(explanation: Explanation, right: Sequence[Span]) -> None:
    for place, span in zip(placed(explanation), right, strict=True):
        assert place is None or place == span[:2], explanation.statement


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def utf8(text: str) -> int:
    return len(text.encode())


UNITS: dict[str, Callable[[str], int]] = {
    "utf-16": utf16,
    "utf-8": utf8,
    "graphemes": lambda text: len(regex.findall(r"\X", text)),
    "crlf-as-one": lambda text: len(text.replace("\r\n", "\n")),
    "crlf-as-two": lambda text: len(re.sub("(?<!\r)\n", "\r\n", text)),
    "html": lambda text: len(text) + 4 * text.count("&"),
    "nfd": lambda text: len(unicodedata.normalize("NFD", text)),
    "bytes and a mark": lambda text: utf8(text) + 3,
    "a width": lambda text: len(text) + 2 * text.count("é") + text.count("n"),
}


@given(dense(), st.sampled_from(sorted(UNITS)))
@settings(deadline=None, max_examples=20)
def test_no_unit_misplaces(case: tuple[str, list[Span]], unit: str) -> None:
    text, right = case
    counted = UNITS[unit]
    nothing_misplaced(explain(text, [(counted(text[:s]), counted(text[:e]), w) for s, e, w in right]), right)


@given(dense(), st.integers(-9, 9), st.data())
@settings(deadline=None, max_examples=20)
def test_no_edit_misplaces(case: tuple[str, list[Span]], size: int, data: st.DataObject) -> None:
    """A stretch of the text goes, with its mentions, or comes; where a mention is gone, its span stays."""
    text, spans = case
    at = data.draw(st.integers(0, len(text)))
    if size > 0:
        now = text[:at] + text[at : at + size][::-1] + text[at:]
        right = [None if s < at < e else (s + size * (s >= at), e + size * (s >= at)) for s, e, _ in spans]
    else:
        now = text[:at] + text[at - size :]
        right = [(s, e) if e <= at else (s + size, e + size) if s >= at - size else None for s, e, _ in spans]
    if len(now) != len(text) + size:
        return
    for place, span, true in zip(placed(explain(now, spans)), spans, right, strict=True):
        assert place in (None, true) or (place == span[:2] and now[slice(*place)] == span[2])


@given(dense())
def test_a_sound_document_has_no_cause(case: tuple[str, list[Span]]) -> None:
    assert explain(*case).models == ()


ints = st.integers(-3, 40) | st.integers(-(2**40), 2**40)
wild = st.lists(st.sampled_from((*WORDS, *NAMES, "", "a", "aa", "\ud83d", "\ufeff")), max_size=12).map("".join)


@given(wild, st.lists(st.tuples(ints, ints, wild | st.sampled_from(["a", "b", "ab", ""])), max_size=14))
@settings(deadline=None, max_examples=20)
def test_anything_goes_in_and_places_lie_in_the_text(text: str, spans: list[Span]) -> None:
    explanation = explain(text, spans)
    assert len(explanation.placements) == len(spans)
    for placement in explanation.placements:
        for start, end in (*filter(None, [placement.place]), *placement.candidates):
            assert 0 <= start < end <= len(text)


LONG = " ".join(f"word{number:02} 😀" for number in range(12))
RIGHT = [(match.start(), match.end(), match.group()) for match in re.finditer(r"word\d+", LONG)]


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("utf-16", lambda s, e: (utf16(LONG[:s]), utf16(LONG[:e]))),
        ("utf-8", lambda s, e: (utf8(LONG[:s]), utf8(LONG[:e]))),
        ("one-based", lambda s, e: (s + 1, e + 1)),
        ("shift", lambda s, e: (s + 7, e + 7)),
        ("end-inclusive", lambda s, e: (s, e - 1)),
        ("utf-16+one-based", lambda s, e: (utf16(LONG[:s]) + 1, utf16(LONG[:e]) + 1)),
        ("utf-16+end-inclusive", lambda s, e: (utf16(LONG[:s]), utf16(LONG[:e]) - 1)),
        ("length", lambda s, e: (s, e - s)),
        ("tokens", lambda s, e: (LONG[:s].count(" "), LONG[:s].count(" ") + 1)),
        ("start-has-blank", lambda s, e: (s - bool(s), e)),
        ("edit", lambda s, e: (s + 5 * (s > 50), e + 5 * (s > 50))),
    ],
)
def test_a_cause_is_named_and_places_every_span(name: str, counted: Callable[[int, int], tuple[int, int]]) -> None:
    explanation = explain(LONG, [(*counted(start, end), surface) for start, end, surface in RIGHT])
    assert explanation.name == name
    beside = {"edit": 5, "shift": 1}.get(name, 0)  # what was deleted may have taken the spans beside it
    assert sum(place == span[:2] for place, span in zip(placed(explanation), RIGHT, strict=True)) == 12 - beside


def test_one_witness_proves_no_cause() -> None:
    text = "😀 Ana met Bob in the city of Lisbon"
    assert explain(text, [(3, 6, "Ana")]).models == ()
    assert explain(text, [(3, 6, "Ana"), (11, 14, "Bob"), (30, 36, "Lisbon")]).name == "utf-16"


def test_namesakes_compete() -> None:
    (placement,) = explain("Vala met Vala and Vala", [(10, 14, "Vala")]).placements
    assert (placement.level, placement.place) == ("open", None)
    assert placement.candidates == ((0, 4), (9, 13), (18, 22))


def test_a_stored_context_tells_namesakes_apart() -> None:
    text = "Vala met Vala and Vala, or Ana, or Bob"
    spans = [(10, 14, "Vala"), (28, 31, "Ana"), (36, 39, "Bob")]
    assert placed(explain(text, spans, [("met ", ""), ("", ""), ("", "")]))[0] == (9, 13)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("nfd-surfaces", lambda surface: unicodedata.normalize("NFD", surface)),
        ("lower-case-surfaces", str.lower),
        ("mojibake", lambda surface: surface.encode().decode("latin-1")),
    ],
)
def test_surfaces_have_causes_of_their_own(name: str, written: Callable[[str], str]) -> None:
    text = "Çelik met Öztürk and Éva, then Çelik left Öztürk."
    right = [(match.start(), match.end(), match.group()) for match in re.finditer(r"[ÇÖÉ]\w+", text)]
    explanation = explain(text, [(start, end, written(surface)) for start, end, surface in right])
    assert explanation.name == name
    assert placed(explanation) == [span[:2] for span in right]


def test_annotations_of_another_text_are_said_to_be_that() -> None:
    spans = [(7 * k, 7 * k + 4, name) for k, name in enumerate(("Rosa", "Nina", "Olaf", "Kurt", "Vera", "Hugo"))]
    explanation = explain("Rosa was not here, and Hugo neither.", spans)
    assert (explanation.models, explanation.foreign) == ((), True)


def test_widths_without_a_name_are_found() -> None:
    text = " ".join(f"word{number:02} é, zoo, é" for number in range(16))
    right = [(match.start(), match.end(), match.group()) for match in re.finditer(r"word\d+", text)]

    def counted(at: int) -> int:
        return at + 3 * text[:at].count("z") + text[:at].count(",")

    explanation = explain(text, [(counted(start), counted(end), surface) for start, end, surface in right])
    assert placed(explanation) == [span[:2] for span in right]


def test_documents_of_one_span_are_explained_together() -> None:
    documents = []
    for number in range(9):
        text = f"{'x' * number} Ana met Bob{' and Ana' * (number % 3)}, so it was."
        start = text.index("Bob")
        documents.append(Annotated(text, [(start + 2, start + 5, "Bob")], [("", "")]))
    assert all(explain(*document).models == () for document in documents)
    together = explain_all(documents)
    assert {explanation.models[0].base for explanation in together} == {2}
    assert all("9 of 9 documents" in explanation.statement for explanation in together)
    for explanation, document in zip(together, documents, strict=True):
        assert placed(explanation) == [(document.spans[0][0] - 2, document.spans[0][1] - 2)]
    assert all(explanation.models == () for explanation in explain_all(documents[:4]))


def test_two_origins_have_two_models() -> None:
    def stored(number: int, start: int, end: int) -> tuple[int, int]:
        counted = utf16 if number % 2 else utf8
        return counted(LONG[:start]), counted(LONG[:end])

    explanation = explain(LONG, [(*stored(k, start, end), w) for k, (start, end, w) in enumerate(RIGHT)])
    assert len(explanation.models) in (0, 2)
    nothing_misplaced(explanation, RIGHT)


def test_surfaces_with_a_blank_more_than_the_slice_prove_no_other_end() -> None:
    explanation = explain(LONG, [(start, end, surface + " ") for start, end, surface in RIGHT])
    assert explanation.models == ()


def cut(size: int, mark: str = "") -> Callable[[str], str]:
    return lambda surface: surface if len(surface) <= size else surface[:size] + mark


MANY_TEXT = (
    "Anatol met Boris, Cem and Ebru; Anatol saw Dilara, Elif (Ferit) and Boris. Cem, Gökhan and Ebru left Dilara."
)
MANY = [(match.start(), match.end(), match.group()) for match in re.finditer(r"[A-Z]\w+", MANY_TEXT)]


@pytest.mark.parametrize(
    ("name", "altered"),
    [
        ("truncated-surfaces", cut(3)),
        ("truncated-surfaces", cut(2, "…")),
        ("truncated-surfaces", cut(3, "...")),
        ("quoted-surfaces", lambda surface: f'"{surface}"'),
        ("quoted-surfaces", lambda surface: f"„{surface}“"),
    ],
)
def test_surfaces_that_were_altered_are_put_right_where_their_offsets_are(
    name: str, altered: Callable[[str], str]
) -> None:
    explanation = explain(MANY_TEXT, [(start, end, altered(surface)) for start, end, surface in MANY])
    assert (explanation.name, placed(explanation)) == (name, [span[:2] for span in MANY])


def test_ends_that_are_all_too_high_by_as_much_are_no_cut_surfaces() -> None:
    explanation = explain(LONG, [(start, end, surface[:3]) for start, end, surface in RIGHT])
    assert explanation.models == ()  # each slice has six characters, each surface three


def test_white_space_at_edges_names_a_cause_and_proves_nothing() -> None:
    kept = [(start, end, surface + MANY_TEXT[end : end + 1]) for start, end, surface in MANY]
    kept = [span if span[2].endswith(" ") else (*span[:2], span[2][:-1]) for span in kept]
    explanation = explain(MANY_TEXT, kept)
    assert (explanation.models, explanation.name) == ((), "space-kept-surfaces")
    likely = [span[:2] if span[2].endswith(" ") else None for span in kept]
    assert placed(explanation, "likely") == likely
    assert set(explanation.placements[0].candidates) == {(0, 6), (0, 7)}
    taken = [
        (start, end + 1, surface) if k % 3 else (start, end, surface) for k, (start, end, surface) in enumerate(MANY)
    ]
    taken = [span if MANY_TEXT[span[1] - 1] == " " else original for span, original in zip(taken, MANY, strict=True)]
    explanation = explain(MANY_TEXT, taken)
    assert (explanation.models, explanation.name) == ((), "stripped-surfaces")
    assert {place for place in placed(explanation, "likely") if place} <= {span[:2] for span in MANY}


def test_white_space_at_edges_needs_two_witnesses_in_all_documents() -> None:
    documents = [Annotated(f"{'x' * k} Ana met Bo", [(k + 1, k + 4, "Ana ")], [("", "")]) for k in range(9)]
    assert [(one.models, one.name) for one in explain_all(documents[:1])] == [((), "")]
    together = explain_all(documents)
    assert {(one.models, one.name) for one in together} == {((), "space-kept-surfaces")}
    assert [placed(one, "likely") for one in together] == [[(k + 1, k + 4)] for k in range(9)]


def test_white_space_that_the_text_lacks_is_the_surface_s() -> None:
    explanation = explain(MANY_TEXT, [(start, end, surface + "\t") for start, end, surface in MANY])
    assert (explanation.name, placed(explanation)) == ("padded-surfaces", [span[:2] for span in MANY])


def test_ends_alone_are_not_moved_where_the_surfaces_may_be_cut() -> None:
    """Two units that cancel each other out at every start leave a shift of the ends, which cut surfaces explain too."""
    text = " Ana" * 9 + " met Ana Ana met Ana"
    starts = [k for k in range(len(text)) if text.startswith("Ana", k) and k != 49]
    explanation = explain(text, [(start, start + 3, "An") for start in starts])
    assert set(placed(explanation)) == {None}


@given(
    dense(), st.sampled_from((cut(2), cut(1), cut(2, "…"), lambda w: f'"{w}"', lambda w: w + " ", lambda w: " " + w))
)
def test_altered_surfaces_never_move_a_span(texts: tuple[str, list[Span]], altered: Callable[[str], str]) -> None:
    text, spans = texts
    explanation = explain(text, [(start, end, altered(surface)) for start, end, surface in spans])
    nothing_misplaced(explanation, spans)
