"""The reader: segments, days, words that differ, pages; and what a browser makes of them."""

import tempfile
from collections import Counter
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from spanproof.checks.examples import sound
from spanproof.cli.show import show
from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.formats.jsonl import FORMAT as JSONL
from spanproof.schema.schema import Schema
from spanproof.testing.strategies import documents, texts
from spanproof.text.days import days
from spanproof.viewer import one_page, pages
from spanproof.viewer.articles import article_of
from spanproof.viewer.renderings import central, marked_pair, side_by_side
from spanproof.viewer.segments import Close, Open, Segment, nested, segments
from spanproof.viewer.timeline import axis, words
from support import examples
from support.browser import opened
from support.documents import LETTER, LETTERS, ROOT
from support.linked import LINKED

GOLD = ROOT / "annotations" / "gold"
SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair))), max_size=9)
HOSTILE = [
    "<script>window.x=1</script>",
    '"><img src=x onerror="window.x=1">',
    "'><svg onload=window.x=1>",
    "</script><script>window.x=1</script>",
    "</style><b>&amp;&lt;</b>{{ 7*7 }}{% raw %}",
    "javascript:window.x=1",
    "../../etc/passwd",
]


class Parsed(HTMLParser):
    """The texts of the bodies, every id, every link."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.bodies: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self._depth = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []
        if tag == "div" and given.get("class") == "text":
            self.bodies.append("")
            self._depth = 1
        elif self._depth and tag == "div":
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag == "div":
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.bodies[-1] += data


@pytest.fixture(scope="session")
def gold() -> Corpus:
    return read(GOLD)


@pytest.fixture(scope="session")
def site(gold: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(pages_of(gold), tmp_path_factory.mktemp("site"))


def pages_of(corpus: Corpus) -> dict[str, str]:
    return {name: "".join(parts) for name, parts in pages(corpus)}


def page_of(corpus: Corpus) -> str:
    return "".join(one_page(corpus))


def written(made: Any, folder: Path) -> Path:
    for name, page in made.items():
        (folder / name).write_text(page, "utf-8", newline="")
    return folder


def hostile() -> Corpus:
    """Articles and registries in which every free string is an attack."""
    made = []
    for number, evil in enumerate(HOSTILE):
        text = f"{evil}\nX said {evil} yesterday."
        second = text.index(evil, len(evil))
        source = {"start": second - 7, "end": second - 6, "text": "X"}
        quote = dict.fromkeys(("id", "type", "speaker", "continues", "utterance"), evil) | {
            "source": source,
            "cue": None,
        }
        date_ = {"id": "d", "text": "yesterday", "type": "DATE", "value": evil, "mod": evil, "anchor": "dct"}
        made.append(
            sound(
                id=f"{number}{evil}",
                text=text,
                language=evil,
                dct={"value": evil, "source": evil, "evidence": evil},
                entities=[
                    {"id": evil, "start": 0, "end": len(evil), "text": evil, "label": evil, "entity_id": evil},
                    {"id": "far", "start": 5, "end": 9999, "text": evil, "label": "ORG", "entity_id": evil},
                ],
                quotes=[quote | {"start": second, "end": second + len(evil), "text": "not " + evil}],
                dates=[date_ | {"start": second + len(evil) + 1, "end": len(text) - 1}],
            )
        )
    entry = {evil: {"name": evil, "gist": evil, "aliases": [evil], evil: {evil: [evil]}} for evil in HOSTILE}
    notes = [
        {"a": f"0{HOSTILE[0]}/{HOSTILE[0]}", "b": f"1{HOSTILE[1]}/{HOSTILE[1]}", "kind": HOSTILE[0], "note": HOSTILE[1]}
    ]
    said = {evil: {"gist": evil, "speaker": evil, "renderings": notes} for evil in HOSTILE}
    return Corpus.of(made, Schema.article(), {"entities": entry, "utterances": said})


def check_links(made: dict[str, str]) -> None:
    parsed = {name: Parsed(page) for name, page in made.items()}
    for name, page in parsed.items():
        assert [key for key, times in Counter(page.ids).items() if times > 1] == []
        for link in page.links:
            file, _, anchor = link.partition("#")
            assert (file or name) in parsed, link
            assert not anchor or unquote(anchor) in parsed[file or name].ids, link


@given(SPANS)
def test_segments_are_the_text_and_those_of_a_span_its_slice(spans: list[tuple[int, int]]) -> None:
    cut = list(segments(30, spans))
    covered = [at for segment in cut for at in range(segment.start, segment.end)]
    assert covered == list(range(30))
    for k, (start, end) in enumerate(spans):
        own = [at for segment in cut if k in segment.spans for at in range(segment.start, segment.end)]
        assert own == list(range(start, end))
    edges = {edge for span in spans if span[0] < span[1] for edge in span} - {0, 30}
    assert {segment.start for segment in cut} - {0} == edges


@given(SPANS)
def test_elements_nest_and_each_segment_is_within_its_spans(spans: list[tuple[int, int]]) -> None:
    stack: list[int] = []
    first: Counter[int] = Counter()
    for piece in nested(segments(30, spans)):
        if isinstance(piece, Open):
            first[piece.span] += piece.first
            stack.append(piece.span)
        elif isinstance(piece, Close):
            assert stack.pop() == piece.span
        else:
            assert tuple(stack) == piece.spans
    assert stack == []
    assert first == {k: 1 for k, (start, end) in enumerate(spans) if start < end}


def test_crossing_spans_are_opened_again() -> None:
    assert list(nested(segments(8, [(0, 5), (3, 8)]))) == [
        *(Open(0, True), Segment(0, 3, (0,)), Open(1, True), Segment(3, 5, (0, 1)), Close(1), Close(0)),
        *(Open(1, False), Segment(5, 8, (1,)), Close(1)),
    ]


def test_an_empty_text_has_no_segment() -> None:
    assert list(segments(0, [(0, 0)])) == []


@given(st.dates())
def test_days_of_a_day_a_week_a_month_a_year(day: date) -> None:
    at, year = day.toordinal(), f"{day.year:04}"
    assert days(day.isoformat()) == days(f"{day.isoformat()}T14:30") == days(f"{day.isoformat()}TMO") == (at, at + 1)
    week = day.isocalendar()
    if 1 <= week.year <= 9999:
        assert days(f"{week.year:04}-W{week.week:02}-{week.weekday}") == (at, at + 1)
    for value in (year, f"{year}-{day.month:02}", f"{year}-{day.month:02}-XX", f"{year}-H{(day.month + 5) // 6}"):
        first, after = days(value) or (0, 0)
        assert first <= at < after
    quarter = days(f"{year}-Q{(day.month + 2) // 3}")
    assert quarter is not None
    assert 90 <= quarter[1] - quarter[0] <= 92
    assert date.fromordinal(quarter[0]).day == 1


def test_days_and_their_words() -> None:
    for value, text in {
        "2025-02-26": "Wednesday 26 February 2025",
        "2025-02": "February 2025",
        "2024": "2024",
        "2025-W09": "24 February to 2 March 2025",
        "2025-W01": "30 December 2024 to 5 January 2025",
        "2025-W08-WE": "22 February to 23 February 2025",
        "9999-12": "December 9999",
        "2025-XX": "2025",
    }.items():
        found = days(value)
        assert found is not None
        assert words(*found) == text
    for value in (
        "PRESENT_REF",
        "P3D",
        "XXXX-10",
        "197",
        "2025-SU",
        "BC0044",
        "2025-02-30",
        "202X",
        "2025-0X",
        "T14:30",
    ):
        assert days(value) is None, value
    for value in ("2025-WXX", "2025-W08-X", "2025-QX", "0000", "0000-01-01", "", "٢٠٢٥"):
        assert days(value) is None, value


@given(st.lists(st.tuples(st.dates(max_value=date(9990, 1, 1)), st.integers(1, 900)), min_size=1, max_size=20))
def test_an_axis_keeps_the_order_of_days(drawn: list[tuple[date, int]]) -> None:
    spans = [(day.toordinal(), (day + timedelta(length)).toordinal()) for day, length in drawn]
    found = axis(spans)
    cuts = sorted(found.at)
    places = [found.at[cut] for cut in cuts]
    assert set(cuts) == {edge for span in spans for edge in span}
    assert places == sorted(set(places))
    assert (places[0], round(places[-1], 6)) == (0, 100)
    assert all(0 <= tick.at <= 92 for tick in found.ticks)


@given(texts(), texts())
def test_marked_words_lose_nothing(a: str, b: str) -> None:
    for text, marked in zip((a, b), marked_pair(a, b), strict=True):
        assert "".join(part for part, _ in marked) == text
    assert not any(differs for _, differs in marked_pair(a, a)[0])
    assert tuple(side_by_side([a, b])) == marked_pair(a, b)


def test_words_that_differ() -> None:
    a, b = marked_pair("Such a meeting will be tomorrow.", "such a new meeting will be on Thursday.")
    assert [part for part, differs in a if differs] == ["tomorrow"]
    assert [part for part, differs in b if differs] == ["new", "on Thursday"]
    assert side_by_side([]) == ()
    first, *_ = side_by_side(["a b c", "a x x", "a b y"])
    assert [part for part, differs in first if differs] == ["c"]
    assert central(["x", "a b c d", "a b c"]) in (1, 2)


@pytest.mark.parametrize("schema", [Schema.article(), Schema.of(LETTERS)], ids=["article", "letters"])
@settings(max_examples=examples(25))
@given(data=st.data())
def test_any_document_is_shown_whole(data: st.DataObject, schema: Schema) -> None:
    made = data.draw(st.lists(documents(schema), min_size=1, max_size=3))
    corpus = Corpus.of(made, schema)
    shown, whole = pages_of(corpus), Parsed(page_of(corpus))
    member = schema.spans[0].span_of
    assert whole.bodies == [document[member] for document in made]
    check_links(shown)
    check_links({"reader.html": page_of(corpus)})
    assert len([name for name in shown if name.startswith(("article-", "document-"))]) == len(made)


def test_pages_of_the_gold(gold: Corpus) -> None:
    shown = pages_of(gold)
    assert next(iter(shown)) == "index.html"
    assert {"timeline.html", "registry.html", "utterances.html", "article-666b1688e6505cf8.html"} < shown.keys()
    assert len(shown) == 9
    check_links(shown)
    check_links({"reader.html": page_of(gold)})
    for name, document in zip([name for name in shown if name.startswith("article")], gold.documents(), strict=True):
        assert Parsed(shown[name]).bodies == [document["text"]]
    for entry in gold.registries["entities"].values():
        assert all(alias.replace("'", "&#39;") in shown["registry.html"] for alias in entry["aliases"])
    for entry in gold.registries["utterances"].values():
        assert all(pair["kind"] in shown["utterances.html"] for pair in entry["renderings"])
    assert pages_of(gold) == shown


def test_a_letter_has_no_pages_that_its_schema_has_nothing_for() -> None:
    shown = pages_of(Corpus.of([LETTER], Schema.of(LETTERS)))
    assert list(shown) == ["index.html", "article-first.html"]
    assert "mentions › fragments" in shown["article-first.html"]
    assert "<bdi>true</bdi>" in shown["article-first.html"]
    assert ">1925<" in shown["article-first.html"]


def test_file_names_are_safe_and_each_its_own() -> None:
    keys = ("a", "A", "../b", "a", "", "index", "é", "x" * 200)
    names = [name for name, _ in pages(Corpus.of([sound(id=key) for key in keys]))]
    assert names[0] == "index.html"
    assert [name for name in names if name.startswith("article-")] == ["article-a.html", "article-index.html"]
    assert len({name.casefold() for name in names}) == len(names)
    assert not any("/" in name or ".." in name for name in names)


def test_fragments_have_the_label_of_their_annotation() -> None:
    pieces = [{"start": 0, "end": 3}, {"start": 7, "end": 11}]
    members: dict[str, Any] = {name: [] for name in ("quotes", "relations", "links", "names", "sentences")}
    mention = {"id": "m1", "pieces": pieces, "kind": "ORG"}
    article = article_of({"id": "a", "text": "Ana Bo Cora", "mentions": [mention], **members}, 0, LINKED)
    assert [item.label for item in article.items] == ["ORG"]
    assert [span.label for item in article.items for span in item.spans] == ["ORG", "ORG"]


def test_what_is_wrong_with_a_span_is_said() -> None:
    entity = {"id": "e1", "start": 0, "end": 3, "text": "Bob", "label": "PERSON", "entity_id": None}
    made = sound(
        text="Ana Silva", entities=[entity, {**entity, "id": "e2", "end": 99}, {**entity, "id": "e3", "start": "0"}]
    )
    page = page_of(Corpus.of([made, {"id": 7}, 5]))
    assert "its stored text differs: Bob" in page
    assert "its offsets 0 to 99 lie outside of the text, which has 9 characters" in page
    assert "its offsets None to 3" in page


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(show, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    monkeypatch.chdir(ROOT / "tests")
    assert run("--out", tmp_path / "all.html") == (0, f"{tmp_path / 'all.html'}: 5 documents\n")
    assert run(GOLD, "--out", tmp_path / "site")[0] == 0
    assert len(list((tmp_path / "site").iterdir())) == 9
    assert run(tmp_path / "none.jsonl", "--out", tmp_path / "x.html")[0] == 2
    assert not (tmp_path / "x.html").exists()
    assert run(GOLD, "--schema", tmp_path / "none.json", "--out", tmp_path / "x.html")[0] == 2
    JSONL.write(tmp_path / "a.jsonl", [sound(text="a\r\nb\rc\td")], Schema.article())
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write("{not JSON\n")
    code, said = run(tmp_path / "a.jsonl", "--out", tmp_path / "a.html")
    assert code == 1
    assert "a.jsonl:2: not JSON" in said
    assert Parsed((tmp_path / "a.html").read_bytes().decode()).bodies == ["a\r\nb\rc\td"]


def bodies(page: Any) -> list[str]:
    found: list[str] = page.eval_on_selector_all(".text", "all => all.map(body => body.textContent)")
    return found


@pytest.mark.parametrize("javascript", [True, False])
def test_a_browser_gives_the_texts_back(chromium: Any, site: Path, gold: Corpus, javascript: bool) -> None:
    for document in gold.documents():
        file = site / f"article-{document['id']}.html"
        with opened(chromium, file, java_script_enabled=javascript) as (page, seen):
            assert [page.locator(".text").text_content()] == [document["text"]]
            assert page.locator("mark[id]").first.is_visible()
            assert (seen.asked, seen.said) == ([file.as_uri()], [])


@settings(max_examples=examples(6), suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@given(st.lists(documents(), min_size=3, max_size=5))
def test_a_browser_gives_any_text_back(chromium: Any, made: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reader.html"
        file.write_bytes(page_of(Corpus.of(made)).encode())
        with opened(chromium, file) as (page, seen):
            assert bodies(page) == [document["text"] for document in made]
            for number, document in enumerate(made):
                marks = page.eval_on_selector_all(
                    f"#a{number} mark:is(.y1, .y5)", "all => all.map(mark => [mark.dataset.item, mark.textContent])"
                )
                joined: dict[str, str] = {}
                for item, part in marks:
                    joined[item] = joined.get(item, "") + part
                assert sorted(joined.values()) == sorted(
                    document["text"][span["start"] : span["end"]]
                    for layer in ("entities", "dates")
                    for span in document[layer]
                )
            assert (seen.asked, seen.said) == ([file.as_uri()], [])


def test_nothing_in_a_corpus_runs(chromium: Any, tmp_path: Path) -> None:
    corpus = hostile()
    shown = pages_of(corpus)
    check_links(shown)
    written(shown | {"whole.html": page_of(corpus)}, tmp_path)
    for file in sorted(tmp_path.iterdir()):
        with opened(chromium, file) as (page, seen):
            page.wait_for_timeout(50)
            assert page.evaluate("window.x") is None, file
            assert page.locator("img, svg[onload], a[href^='javascript'], main b b, main script").count() == 0
            assert (seen.asked, seen.said) == ([file.as_uri()], [])
            if file.name == "whole.html":
                assert bodies(page) == [document["text"] for document in corpus.documents()]
                content = page.locator("#registry").text_content()
                assert all(evil in content for evil in HOSTILE)
                page.locator("mark[id]").first.focus()
                assert HOSTILE[0] in page.locator("#panel").text_content()


def test_the_policy_of_a_page_lets_no_other_script_run(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "index.html") as (page, seen):
        page.evaluate("""() => {
            const script = document.createElement("script");
            script.textContent = "window.x = 1";
            document.body.append(script);
        }""")
        assert page.evaluate("window.x") is None
        assert "Content Security Policy" in seen.said[0]


STYLE = """mark => { const s = getComputedStyle(mark);
    return [s.backgroundColor, s.borderBottomStyle, s.textDecorationLine]; }"""


@pytest.mark.parametrize("javascript", [True, False])
def test_a_layer_can_be_switched_off(chromium: Any, site: Path, javascript: bool) -> None:
    file = site / "article-28c5c7bc61b1027f.html"
    with opened(chromium, file, java_script_enabled=javascript) as (page, _):
        page.locator("#show-labels").check()
        for box in page.locator("[data-layer]").all():
            mark = page.locator(f"mark.{box.get_attribute('data-layer')}").first
            plain = ["rgba(0, 0, 0, 0)", "none", "none"]
            assert mark.evaluate(STYLE) != plain
            box.focus()
            page.keyboard.press("Space")
            assert mark.evaluate(STYLE) == plain
            assert mark.evaluate("mark => getComputedStyle(mark, '::before').content") == "none"
            if javascript:
                assert mark.get_attribute("tabindex") == "-1"
            page.keyboard.press("Space")
            assert mark.evaluate(STYLE) != plain
            assert mark.evaluate("mark => getComputedStyle(mark, '::before').content") != "none"
            assert mark.get_attribute("tabindex") == "0"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_type_of_entity_has_a_hue_of_its_own_and_the_line_of_its_layer(
    chromium: Any, site: Path, scheme: str
) -> None:
    ask = "e => { const s = getComputedStyle(e); return [s.borderBottomStyle, s.borderBottomColor]; }"
    with opened(chromium, site / "article-28c5c7bc61b1027f.html", color_scheme=scheme) as (page, _):
        marks = page.locator(
            ".text mark[data-label='PERSON'], .text mark[data-label='GPE'], .text mark[data-label='ORG']"
        )
        lines = {(mark.get_attribute("data-label"), *mark.evaluate(ask)) for mark in marks.all()}
        legend = page.locator(".kinds .span").all()
        kinds = {(kind.inner_text(), *kind.evaluate(ask)) for kind in legend}
        quotes = page.locator(".text mark[data-label='direct'], .text mark[data-label='indirect']")
        assert len({tuple(mark.evaluate(ask)) for mark in quotes.all()}) == 1
    assert {label for label, _, _ in lines} == {"PERSON", "GPE", "ORG"}
    assert len(lines) == len({colour for _, _, colour in lines}) == 3
    assert {line for _, line, _ in lines} == {"solid"}
    assert lines <= kinds


def test_focus_on_a_quote_marks_its_source_and_cue_and_what_it_continues(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "article-28c5c7bc61b1027f.html") as (page, _):
        quote = page.locator("mark.y2[id]").nth(3)
        quote.focus()
        item = quote.get_attribute("data-item")
        own = {mark.get_attribute("data-item") for mark in page.locator("mark.is-on").all()}
        assert own == {item}
        assert {"y2", "y3", "y4"} == {
            name
            for mark in page.locator("mark.is-on").all()
            for name in mark.get_attribute("class").split()
            if name[0] == "y"
        }
        told = page.locator("#panel").text_content()
        assert "direct" in told
        assert "dmitry-peskov" in told
        page.keyboard.press("Escape")
        assert page.locator("mark.is-on").count() == 0
        assert page.locator("#panel").is_hidden()
        linked = page.locator(".item[data-links]").first.get_attribute("id")
        page.locator(f"mark[data-item='{linked}'][id]").first.focus()
        assert page.locator("mark.is-linked").count() > 0
        page.locator("mark.y4[id]").first.click()
        assert page.locator("mark.y2.is-on").count() > 0
        described = quote.get_attribute("aria-describedby")
        assert "direct" in page.locator(f"#{described}").text_content()


def test_on_a_phone_the_details_do_not_hide_what_has_the_focus(chromium: Any, site: Path) -> None:
    small = {"width": 375, "height": 700}
    with opened(chromium, site / "article-666b1688e6505cf8.html", viewport=small) as (page, _):
        for mark in page.locator("mark.y1[id]").all()[:12]:
            mark.focus()
            assert mark.bounding_box()["y"] < page.locator("#panel").bounding_box()["y"]


def test_links_lead_to_the_words(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "registry.html") as (page, _):
        link = page.locator(".mentions ul a").first
        surface = link.text_content()
        link.click()
        page.wait_for_url("**/article-*")
        assert page.evaluate("document.activeElement.textContent") == surface
        assert page.locator("#panel").is_visible()


@pytest.mark.parametrize("name", ["index", "article-3d6420707d2b56da", "timeline", "registry", "utterances"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_and_nothing_overflows(chromium: Any, site: Path, name: str, scheme: str) -> None:
    small = {"width": 340, "height": 700}
    with opened(chromium, site / f"{name}.html", color_scheme=scheme, viewport=small) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 340
        assert page.evaluate(CONTRAST) == []


CONTRAST = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const painted = (colours) => {
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        const light = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((byte) => {
            const c = byte / 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
    };
    const poor = [];
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || ["SCRIPT", "STYLE"].includes(element.tagName) || !element.checkVisibility()) continue;
        const under = [];
        for (let node = element; node; node = node.parentElement) under.unshift(getComputedStyle(node).backgroundColor);
        const style = getComputedStyle(element);
        const ink = element instanceof SVGElement ? style.fill : style.color;
        const [a, b] = [painted(under), painted([...under, ink])];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) poor.push([element.className, element.textContent.slice(0, 30), ratio]);
    }
    return poor.slice(0, 5);
}"""


def test_the_colours_can_be_switched_and_print_is_light(chromium: Any, site: Path) -> None:
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    with opened(chromium, site / "index.html", color_scheme="light") as (page, _):
        light = page.evaluate(paper)
        page.locator("#theme-dark").check()
        dark = page.evaluate(paper)
        assert dark != light
        page.emulate_media(media="print")
        assert page.evaluate(paper) == "rgb(255, 255, 255)"
        assert page.locator(".top").is_hidden()
        page.emulate_media(media="screen", color_scheme="dark")
        page.locator("#theme-light").check()
        assert page.evaluate(paper) == light
        page.locator("#theme-auto").check()
        assert page.evaluate(paper) == dark


def test_the_page_can_be_walked_without_eyes(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "article-666b1688e6505cf8.html") as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        for role in ("banner", "navigation", "main", "complementary"):
            assert page.get_by_role(role).count() == 1
        levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(h => +h.tagName[1])")
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        for box in page.get_by_role("checkbox").all():
            assert box.evaluate("box => box.labels.length") == 1


def test_signs_that_are_not_seen_are_shown(chromium: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(page_of(Corpus.of([sound(text="a\r\nb\rc\td  e\n")])).encode())
    with opened(chromium, file) as (page, _):
        before = "sign => getComputedStyle(sign, '::before').content"
        signs = page.locator(".sign")
        assert [sign.evaluate(before) for sign in signs.all()] == ['"␍"', '"␍"', "none"]
        page.locator("#show-signs").check()
        assert signs.last.evaluate(before) == '"→"'
        assert page.locator(".text").evaluate("body => getComputedStyle(body).whiteSpace") == "pre-wrap"
        assert bodies(page) == ["a\r\nb\rc\td  e\n"]
