"""The picture of a drift on the page about proofs is drawn from the example of that page."""

import html
import json
from collections.abc import Iterator

from spanproof.checks.fix import fix
from spanproof.corpus.documents import Corpus
from spanproof.schema.schema import Schema
from support.pages import DOCS, blocks

PAGE = DOCS / "explanation" / "proof.md"
PICTURE = PAGE.with_name("drift.svg")
WIDTH, HEIGHT, LEFT, TOP, STEP, RISE = 860, 330, 70, 40, 8.4, 10.0
INK, LINE, FAR = "#1f2933", "#2f6f4f", "#b4532a"


def point(place: int, excess: int) -> tuple[float, float]:
    """Where a place of the text and an excess are drawn."""
    return LEFT + STEP * place, TOP + RISE * (20 - excess)


def occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def label(x: float, y: float, words: str, colour: str = INK, anchor: str = "middle", size: int = 12) -> str:
    words = html.escape(words)
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" font-size="{size}">{words}</text>'


def picture() -> str:
    """The places of all names of the example, and the staircase on which its correction puts them."""
    files = {block.name: block.code for block in blocks(PAGE.read_text("utf-8"))}
    document = json.loads(files["news.jsonl"])
    corpus = Corpus.of([document], Schema.of(json.loads(files["names.schema.json"])))
    (right,) = fix(corpus).corpus.documents()
    text = document["text"]
    drawn = []
    for excess in range(0, 21, 4):
        (left, y), (right_end, _) = point(0, excess), point(len(text), excess)
        drawn.append(f'<path d="M{left:.1f} {y:.1f}H{right_end:.1f}" stroke="#d9dee3"/>')
        drawn.append(label(LEFT - 8, y + 4, f"+{excess}" if excess else "0", anchor="end"))
    stairs, excess = [point(0, 0)], 0
    for at, character in enumerate(text):
        if character == "&":
            stairs += [point(at + 1, excess), point(at + 1, excess + 4)]
            excess += 4
            drawn.append(label(point(at, 0)[0] + STEP / 2, point(0, -6)[1], "&", LINE))
    stairs.append(point(len(text), excess))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in stairs)
    drawn.append(f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    for was, now in zip(document["names"], right["names"], strict=True):
        for at in occurrences(text, was["text"]):
            x, y = point(at, was["start"] - at)
            chosen = at == now["start"]
            colour = LINE if chosen else FAR
            fill = colour if chosen else "white"
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{fill}" stroke="{colour}" stroke-width="2"/>')
            drawn.append(label(x, y - 10 if chosen else y + 20, was["text"], colour))
    drawn.append(label(LEFT, TOP - 18, "stored start minus place (code points)", anchor="start"))
    drawn.append(label(WIDTH - 20, point(0, -6)[1] + 22, "place in the text", anchor="end"))
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n{body}\n</svg>\n'
    )


def test_the_picture_of_a_drift_is_fresh() -> None:
    written = PICTURE.read_text("utf-8")
    assert written == picture(), "PYTHONPATH=tests python tests/docs/test_drift_picture.py draws it anew"
    assert written.count(f'fill="{LINE}" stroke') == 8
    assert written.count(f'stroke="{FAR}"') == 1


if __name__ == "__main__":
    PICTURE.write_text(picture(), "utf-8")
