"""How the time and the memory of a check grow with the corpus: each size a process of its own.

``python tests/benchmarks/growth.py [--most DOCUMENTS] [--picture FILE]`` prints a table, and draws it.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import run

WIDTH, HEIGHT, MARGIN = 860, 300, 60
COLOURS = {"Parquet": "#2f6f4f", "JSON Lines": "#b4532a"}

LINES = 300_000
"""Documents up to which JSON Lines are written: a million take 12 GB."""


@dataclass(frozen=True)
class Point:
    """One check: of how many documents in which format, its processor seconds and its peak in MiB."""

    format: str
    documents: int
    seconds: float
    peak: float


def measured(most: int) -> Iterator[Point]:
    """Yield the checks of corpora of rising size, each four times the last; the largest of many as Parquet alone."""
    sizes = [most // 4**k for k in range(6) if most // 4**k >= 50]
    with tempfile.TemporaryDirectory() as folder:
        for documents in reversed(sizes):
            paths = run.written(Path(folder), documents, lines=documents <= LINES)
            for name, path in zip(COLOURS, paths, strict=False):
                done = run.run(run.checked(str(path)))
                yield Point(name, documents, done.cpu, done.peak)
                path.unlink()


def label(x: float, y: float, words: str, anchor: str = "middle", colour: str = "#1f2933") -> str:
    """Return words of the picture."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" font-size="12">{words}</text>'


def panel(points: Sequence[Point], member: str, title: str, left: float) -> Iterator[str]:
    """Yield the curves of one figure over the number of documents, both axes from zero."""
    width, bottom = WIDTH / 2 - 2 * MARGIN, HEIGHT - MARGIN
    most = max(point.documents for point in points)
    top = max(getattr(point, member) for point in points) * 1.15
    yield label(left, MARGIN - 24, title, "start")
    for part in (0, 0.5, 1):
        y = bottom - part / 1.15 * (bottom - MARGIN)
        yield f'<path d="M{left:.1f} {y:.1f}h{width:.1f}" stroke="#d9dee3"/>'
        yield label(left - 6, y + 4, f"{part * top / 1.15:,.0f}", "end")
        yield label(left + part * width, bottom + 18, f"{part * most:,.0f}")
    yield label(left + width / 2, bottom + 36, "documents")
    for name, colour in COLOURS.items():
        places = [
            (left + point.documents / most * width, bottom - getattr(point, member) / top * (bottom - MARGIN))
            for point in points
            if point.format == name
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places)
        yield label(places[-1][0] + 6, places[-1][1] + (24 if name == "Parquet" else -8), name, "end", colour)


def picture(points: Sequence[Point]) -> str:
    """Return the figures as SVG: seconds on the left, memory on the right."""
    drawn = [*panel(points, "seconds", "processor seconds", MARGIN)]
    drawn += panel(points, "peak", "peak memory (MiB)", WIDTH / 2 + MARGIN)
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n{body}\n</svg>\n'
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=102_400, help="documents of the largest corpus (default: 102,400)")
    parser.add_argument("--picture", type=Path, help="an SVG file for the curves")
    given = parser.parse_args()
    points = []
    print(f"{'format':12} {'documents':>10} {'seconds':>8} {'ms each':>8} {'peak MiB':>9}")
    for point in measured(given.most):
        points.append(point)
        each = 1000 * point.seconds / point.documents
        row = f"{point.format:12} {point.documents:10,} {point.seconds:8.2f} {each:8.3f} {point.peak:9.0f}"
        print(row, flush=True)
    if given.picture:
        given.picture.write_text(picture(points), "utf-8")


if __name__ == "__main__":
    main()
