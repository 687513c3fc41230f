"""Pages of HTML from a corpus: one a document in a folder, or everything in one file that needs nothing else."""

import base64
import functools
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spanproof.corpus.documents import Corpus
from spanproof.text.segmentation import Extent, sentences
from spanproof.viewer.articles import Article, Span, SpanLayer, Target
from spanproof.viewer.book import Book, book_of
from spanproof.viewer.hues import HUES, INK, LINE, PAPER, TURNS, turns
from spanproof.viewer.renderings import central, marked_pair, side_by_side
from spanproof.viewer.segments import Close, Open, nested, segments
from spanproof.viewer.timeline import axis

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

_HERE = Path(__file__).parent
_COLOURS = {"palette": HUES, "ink": INK, "paper": PAPER, "line": LINE, "turns": TURNS}
_TITLES = {"index": "Articles", "timeline": "Timeline", "registry": "Registry", "utterances": "Utterances"}
_CHART = 60
_JOINED = 1000
"""Pieces of a page that are one part of it."""
_SIGNS = (
    {"\r": "␍", "\t": "→", "\v": "␋", "\f": "␌", "\x85": "␤", "\u2028": "␤", "\u2029": "¶", "\ufeff": "BOM"}
    | {"\u200b": "ZWSP", "\u200e": "LRM", "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF"}
    | {"\u202d": "LRO", "\u202e": "RLO", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI"}
)
# HTML has no NUL, and a bare carriage return is a line feed to its parsers.
_ESCAPED = {**{sign: html.escape(sign) for sign in "&<>"}, "\0": "\ufffd", "\n": '<i class="line">\n</i>'} | {
    sign: f'<i class="sign" data-sign="{shown}">{"&#13;" if sign == chr(13) else sign}</i>'
    for sign, shown in _SIGNS.items()
}
_ESCAPE = re.compile(f"[{re.escape(''.join(_ESCAPED))}]")


def pages(corpus: Corpus | Book, progress: Callable[[int], None] | None = None) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield a corpus as HTML files, each with its name; ``index.html`` is the first, and none needs a network.

    Each comes in parts, of which one is in memory at a time: a page takes many times what its texts do.

    Args:
        corpus: what to show, or the book that was made of it.
        progress: is called with how many more documents are done.
    """
    book = corpus if isinstance(corpus, Book) else book_of(corpus)
    names = dict(_article_names(book.heads))
    files: dict[int | str, str] = names | {page: f"{page}.html" for page in _TITLES}
    render = _renderer(book, lambda target: f"{files[target.page]}#{target.anchor}", names)
    yield "index.html", render("index", ())
    for article in book.articles:
        yield names[article.number], render("article", (article,))
        if progress is not None:
            progress(1)
    for page in _present(book):
        yield f"{page}.html", render(page, ())


def one_page(corpus: Corpus | Book) -> Iterator[str]:
    """Yield the parts of one HTML file that shows a corpus and needs no network."""
    book = corpus if isinstance(corpus, Book) else book_of(corpus)
    names = {article.number: f"#a{article.number}" for article in book.heads}
    return _renderer(book, lambda target: f"#{target.anchor}", names, whole=True)("index", book.articles)


def _article_names(articles: Iterable[Article]) -> Iterable[tuple[int, str]]:
    """Yield a file name for each article.

    It is the key where that is a safe name of its own in any file system, else the number.

    Keys that differ in case alone are one file to some systems.
    """
    seen: set[str] = set()
    for article in articles:
        safe = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}", article.key) and article.key.casefold() not in seen
        seen.add(article.key.casefold())
        yield article.number, f"article-{article.key}.html" if safe else f"document-{article.number + 1}.html"


def _present(book: Book) -> tuple[str, ...]:
    timeline = ("timeline",) if book.timeline or book.unplaced else ()
    return (*timeline, *(page for page in ("registry", "utterances") if book.of_page(page)))


def _renderer(
    book: Book, href: Callable[[Target], str], names: Mapping[int, str], whole: bool = False
) -> Callable[[str, Sequence[Article]], Iterator[str]]:
    environment = _environment()
    template: Template = environment.get_template("page.html")
    style = _markup(environment.get_template("reader.css").render(layers=book.layers, **_COLOURS))
    script = _markup((_HERE / "templates" / "reader.js").read_text("utf-8"))
    links = {"index": "#index" if whole else "index.html"}
    links |= {page: f"#{page}" if whole else f"{page}.html" for page in _present(book)}
    site = {"book": book, "href": href, "names": names, "whole": whole, "links": links, "titles": _TITLES}
    head = {"style": style, "script": script, "style_hash": _hash(style), "script_hash": _hash(script)}
    tools = {"hue": _hue, "body": _body, "shown": _shown, "by_article": _by_article, "charts": _charts(book)}
    tools |= {"kinds": _kinds(book)}
    tools |= {"marked_pair": marked_pair, "side_by_side": side_by_side, "central_first": _central_first}
    tools |= {"around": functools.partial(_around, book)}
    shared = site | head | tools

    def render(page: str, articles: Sequence[Article]) -> Iterator[str]:
        parts = template.stream(**shared, page=page, articles=articles)
        parts.enable_buffering(_JOINED)
        return parts

    return render


@functools.cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _markup(trusted: str) -> "Markup":
    from markupsafe import Markup

    return Markup(trusted)


def _hash(content: str) -> str:
    """Return the content as a Content Security Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _hue(layer: SpanLayer) -> int:
    return layer.number % len(HUES)


def _kinds(book: Book) -> Mapping[int, Mapping[str, int]]:
    """Return the labels with a hue of their own that there are in a book, by the number of their layer."""
    return {
        layer.number: {label: turn for label, turn in turns(layer).items() if (layer.number, label) in book.labels}
        for layer in book.layers
    }


def _shown(value: Any) -> str:
    """Return a member of a registry in words."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def _by_article(mentions: Iterable[Any]) -> list[tuple[Article, list[Any]]]:
    groups: dict[int, list[Any]] = {}
    for mention in mentions:
        groups.setdefault(mention.article.number, []).append(mention)
    return [(group[0].article, group) for group in groups.values()]


def _around(book: Book, mention: Any) -> str:
    """Return the sentence in which a mention begins: what happened then."""
    span = mention.item.spans[0]
    text = book.articles.text(mention.article.number, span.layer.node.span_of)
    extents = _sentences(text, mention.article.language or "und")
    start, end = next(((low, high) for low, high in extents if high > span.start), (span.start, span.end))
    return text[start:end]


@functools.lru_cache(maxsize=64)
def _sentences(text: str, language: str) -> tuple[Extent, ...]:
    return tuple(sentences(text, language))


def _central_first(mentions: Sequence[Any]) -> list[Any]:
    middle = central([mention.words for mention in mentions])
    return [mentions[middle], *mentions[:middle], *mentions[middle + 1 :]]


def _charts(book: Book) -> list[tuple[Any, Any]]:
    """Return the timeline cut into charts of so many entries that their ticks fit one axis, each with its axis."""
    groups = [book.timeline[k : k + _CHART] for k in range(0, len(book.timeline), _CHART)]
    return [(group, axis([(entry.first, entry.after) for entry in group])) for group in groups]


def _body(article: Article, member: str) -> "Markup":
    """Return a text with its spans as nested elements; what a browser gives back as its text is the text."""
    text = article.texts[member]
    own = [
        (item, span)
        for item in article.items
        for span in item.spans
        if span.layer.node.span_of == member and span.start < span.end
    ]
    parts: list[str] = []
    for piece in nested(segments(len(text), [(span.start, span.end) for _, span in own])):
        if isinstance(piece, Open):
            item, span = own[piece.span]
            parts.append(_opened(article.number, item.number, span, piece.first))
        elif isinstance(piece, Close):
            parts.append("</mark>")
        else:
            parts.append(_ESCAPE.sub(lambda match: _ESCAPED[match[0]], text[piece.start : piece.end]))
    return _markup("".join(parts))


def _opened(article: int, item: int, span: Span, first: bool) -> str:
    classes = f"span y{span.layer.number} h{_hue(span.layer)} t{turns(span.layer).get(span.label or '', 0)}"
    of = f'data-item="i{article}-{item}"'
    if not first:
        return f'<mark class="{classes} more" {of}>'
    label = html.escape(span.label if span.label is not None else span.role or span.layer.name)
    described = f'tabindex="0" aria-describedby="d{article}-{item}"'
    return f'<mark class="{classes}" {of} id="s{article}-{span.number}" data-label="{label}" {described}>'
