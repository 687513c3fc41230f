"""The plots of a leaderboard as SVG: scores with their intervals, and shares by system, as of labels.

Bytes depend on the data and the version of matplotlib alone. Text is drawn as paths, so that it looks alike everywhere;
colours are those of Okabe and Ito (Color Universal Design, 2008), on white. A plot is 4.6 inches wide for a phone.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from spanproof.metrics.boundaries import VARIANTS
from spanproof.metrics.score import Scores

_STYLE = {
    "svg.hashsalt": "spanproof",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.parse_math": False,
    "axes.edgecolor": "#666666",
    "axes.linewidth": 0.8,
}
_POINTS = 72
_WIDTH = 4.6 * _POINTS
_EDGE = 6.0
_BLUE, _GREY, _LIGHT, _INK = "#0072B2", "#767676", "#E3E3E3", "#222222"
_SHADES = LinearSegmentedColormap.from_list("shades", ["#F4F8FC", "#8FBFDF", _BLUE, "#003A5D"])
_COLUMNS = 8

Estimate = tuple[float, float, float]
"""A value and the ends of its interval; the value itself where there is none."""


@dataclass(frozen=True)
class Line:
    """A system in the plot of scores: its F1, strict and convention-free; None where it is undefined."""

    system: str
    strict: Estimate | None
    free: Estimate | None
    in_sample: bool = False


def line(system: str, scores: Scores, in_sample: bool = False, measure: str = "exact") -> Line:
    """Return the F1 of a system on a task, with its interval."""
    estimates: list[Estimate | None] = []
    for variant in VARIANTS:
        score = next((s for s in scores.scores if (s.measure, s.part, s.variant) == (measure, None, variant)), None)
        value = score.value if score else None
        ends = (score and score.interval) or (value or 0.0, value or 0.0)
        estimates.append(None if value is None else (value, *ends))
    return Line(system, estimates[0], estimates[1], in_sample)


def forest(panels: Mapping[str, Sequence[Line]]) -> bytes:
    """F1 with 95 % intervals: a panel a task, a row a system, the best first and those in-sample last.

    Filled: strict. Hollow: convention-free. A grey star in the place of a circle: in-sample.
    """
    with style.context(["default", _STYLE]):
        left = _margin([line.system for lines in panels.values() for line in lines])
        legend, row, head, foot = 34.0, 22.0, 26.0, 34.0
        heights = [head + row * len(lines) + foot for lines in panels.values()]
        figure = _figure(legend + sum(heights) + _EDGE)
        _forest_legend(figure, any(line.in_sample for lines in panels.values() for line in lines))
        top = legend
        for (task, lines), height in zip(panels.items(), heights, strict=True):
            axes = _axes(figure, left, top + head, _WIDTH - left - 14, row * len(lines))
            ordered = sorted(lines, key=lambda line: (line.in_sample, -(line.strict or (-1.0,))[0], line.system))
            _rows(axes, [line.system for line in ordered], task)
            axes.set_xlim(0, 1)
            axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "0.2", "0.4", "0.6", "0.8", "1"])
            axes.set_xlabel("F1", labelpad=1)
            axes.grid(axis="x", color=_LIGHT, linewidth=0.8)
            for k, line in enumerate(ordered):
                _estimate(axes, line.strict, k - 0.17, line.in_sample, hollow=False)
                _estimate(axes, line.free, k + 0.17, line.in_sample, hollow=True)
            top += height
        return _svg(figure, "F1 of systems with 95 % intervals")


def heat(columns: Mapping[str, str], values: Mapping[str, Mapping[str, float | None]], title: str, note: str) -> bytes:
    """Shares in per cent, dark for high: a row a system.

    Args:
        columns: the keys of the columns with what is written over them, eight in a row at most.
        values: of each system (from 0 to 1) in each column; None where there is none.
        title: what the values are.
        note: how they are read.
    """
    with style.context(["default", _STYLE]):
        keys = list(columns)
        width = -(-len(keys) // max(1, -(-len(keys) // _COLUMNS)))
        blocks = [keys[k : k + width] for k in range(0, len(keys), max(1, width))]
        left, row, head = _margin(values), 17.0, 34.0
        ends = [columns[block[-1]] for block in blocks if len(block) == width]
        cell = (_WIDTH - left - max(0.72 * _widest(ends, 9) - 8, _EDGE)) / max(1, width)
        heads = [0.75 * _widest([columns[key] for key in block], 9) + 14 for block in blocks]
        figure = _figure(head + sum(heads) + len(blocks) * (row * len(values) + 8) + _EDGE)
        _write(figure, _EDGE, 16, f"{title}, %", weight="bold")
        _write(figure, _EDGE, 29, note, size=9, color=_GREY)
        top = head
        for block, above in zip(blocks, heads, strict=True):
            axes = _axes(figure, left, top + above, cell * len(block), row * len(values))
            _cells(axes, {key: columns[key] for key in block}, values)
            top += above + row * len(values) + 8
        return _svg(figure, title)


def _figure(height: float) -> Figure:
    return Figure((_WIDTH / _POINTS, height / _POINTS), dpi=_POINTS, facecolor="white")


def _axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place in points, from the left and from above, without a box."""
    whole = figure.get_figheight() * _POINTS
    axes = figure.add_axes((left / _WIDTH, 1 - (top + height) / whole, width / _WIDTH, height / whole))
    axes.set_axisbelow(True)
    for name in ("left", "right", "top"):
        axes.spines[name].set_visible(False)
    axes.tick_params(length=0, colors=_INK)
    return axes


def _rows(axes: Axes, names: Sequence[str], title: str) -> None:
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=_INK, pad=8)


def _write(figure: Figure, left: float, top: float, text: str, **options: Any) -> None:
    """Text whose baseline is at a place in points, from the left and from above."""
    whole = figure.get_figheight() * _POINTS
    figure.text(left / _WIDTH, 1 - top / whole, text, **{"color": _INK, **options})


def _widest(texts: Sequence[str] | Mapping[str, Any], size: float = 10) -> float:
    """Return the width of the widest text in points."""
    return max((float(TextPath((0, 0), text, size).get_extents().width) for text in texts if text.strip()), default=0.0)


def _margin(names: Sequence[str] | Mapping[str, Any]) -> float:
    """Room for names at the left, at most half of the width."""
    return min(_widest(names) + 8, _WIDTH / 2)


def _marker(in_sample: bool, hollow: bool) -> dict[str, Any]:
    color = _GREY if in_sample else _BLUE
    return {
        "marker": "*" if in_sample else "o",
        "markersize": 9.5 if in_sample else 6,
        "markeredgecolor": color,
        "markerfacecolor": "white" if hollow else color,
        "markeredgewidth": 1.1,
        "color": color,
    }


def _estimate(axes: Axes, estimate: Estimate | None, y: float, in_sample: bool, *, hollow: bool) -> None:
    if estimate is None:
        return
    value, low, high = estimate
    look = _marker(in_sample, hollow)
    axes.plot([low, high], [y, y], color=look["color"], linewidth=1.3, solid_capstyle="butt", clip_on=False)
    axes.plot([value], [y], linestyle="none", clip_on=False, zorder=3, **look)


def _forest_legend(figure: Figure, in_sample: bool) -> None:
    rows = [("strict", False, False), ("convention-free", False, True)]
    rows += [("in-sample", True, False)] if in_sample else []
    marks = [Line2D([], [], linewidth=1.3, label=name, **_marker(sample, hollow)) for name, sample, hollow in rows]
    figure.legend(
        handles=marks, loc="upper center", ncols=len(marks), frameon=False, labelcolor=_INK, handlelength=1.6,
        columnspacing=1.4, handletextpad=0.5, borderaxespad=0.4,
    )  # fmt: skip


def _cells(axes: Axes, block: Mapping[str, str], values: Mapping[str, Mapping[str, float | None]]) -> None:
    _rows(axes, list(values), "")
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, len(block))
    axes.xaxis.set_ticks_position("top")
    ticks = [k + 0.5 for k in range(len(block))]
    axes.set_xticks(ticks, list(block.values()), rotation=45, ha="left", rotation_mode="anchor", fontsize=9)
    axes.tick_params(axis="x", pad=1)
    shades: dict[int | None, list[Path]] = {}
    for y, row in enumerate(values.values()):
        for x, name in enumerate(block):
            value = row.get(name)
            cell = Affine2D().translate(x, y - 0.5).transform_path(Path.unit_rectangle())
            shades.setdefault(None if value is None else round(100 * value), []).append(cell)
            text = "–" if value is None else f"{100 * value:.0f}"
            color = _GREY if value is None else "white" if value > 0.58 else _INK
            axes.text(x + 0.5, y, text, ha="center", va="center_baseline", fontsize=9.5, color=color)
    # Cells of one shade are one path, since a path for each made files of hundreds of kilobytes.
    for share, cells in shades.items():
        shade = "white" if share is None else _SHADES(share / 100)
        together = Path.make_compound_path(*cells)
        axes.add_patch(PathPatch(together, facecolor=shade, edgecolor="white", linewidth=1.2, zorder=1))


def _svg(figure: Figure, title: str) -> bytes:
    """Return a figure as SVG, without what makes it great and shows nothing: indents, names, digits below a point."""
    out = io.BytesIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    svg = re.sub(rb"\n +", b"\n", out.getvalue())
    svg = re.sub(rb' id="(?:text|xtick|ytick|line2d)_\d+"', b"", svg).replace(b"DejaVuSans-", b"d")
    svg = re.sub(rb'("#d\w+") transform="translate\(([^ ]+) 0\)"', rb'\1 x="\2"', svg)
    return re.sub(rb'(?<=translate\()[^)]*|(?<= x=")[\d.]+', _short, svg)


def _short(numbers: re.Match[bytes]) -> bytes:
    return re.sub(rb"(\.\d\d)\d+", rb"\1", numbers[0])
