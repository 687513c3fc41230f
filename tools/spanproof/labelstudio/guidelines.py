"""The guidelines of annotators, Markdown or another text: on the page of a task, and before they begin."""

import html
import re

_HEADING = re.compile(r"(#{1,3})\s+(.+?)\s*#*\s*")
_FENCE = re.compile(r"\s*(```|~~~)")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")
_BAR = re.compile(r"(?<!\\)\|")
_BLOCK_START = re.compile(r"\s*([-*+>|#]|\d+[.)]\s|```|~~~)|\s{4}|\s*$")


def sections(text: str) -> list[tuple[str, str]]:
    """Return the sections of a Markdown text, each a title and its text in lines that a page may break.

    What stands before the first heading is called Introduction, and a title that stands twice gets a number.
    """
    parts: list[tuple[str, list[str]]] = [("Introduction", [])]
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.fullmatch(line)
        if heading:
            parts.append((heading[2], []))
        else:
            parts[-1][1].append(line)
    titled: dict[str, str] = {}
    for k, (title, lines) in enumerate(parts):
        if (body := _unwrapped(lines)) or k:
            numbered = (title, *(f"{title} ({n})" for n in range(2, len(parts) + 2)))
            titled[next(name for name in numbered if name not in titled)] = body
    return list(titled.items())


def _unwrapped(lines: list[str]) -> str:
    """Return lines as a text in which a paragraph is one line; lists and code stay as they are written.

    A page shows plain text, so that the marks of bold words go, and a row of a table becomes an item of a list.
    """
    joined: list[str] = []
    fenced = False
    for line in _without_tables(lines):
        is_fence = bool(_FENCE.match(line))
        starts = fenced or is_fence or bool(_BLOCK_START.match(line)) or not joined or not joined[-1].strip()
        if starts or joined[-1].lstrip().startswith(("|", "#", "```", "~~~")):
            joined.append(line.rstrip())
        else:
            joined[-1] += f" {line.strip()}"
        fenced ^= is_fence
    return _BOLD.sub(r"\1", "\n".join(joined).strip("\n"))


def _without_tables(lines: list[str]) -> list[str]:
    """Return lines with each row of a Markdown table as an item that names its columns: a page has no tables."""
    written: list[str] = []
    fenced = is_delimiter = False
    columns: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        fenced ^= bool(_FENCE.match(line))
        is_row = bool(line.strip()) and not fenced and ("|" in line or (columns and not _BLOCK_START.match(line)))
        cells = _cells(line) if is_row else []
        if is_delimiter:
            is_delimiter = False
        elif cells and not columns and _DELIMITER.fullmatch(following) and len(_cells(following)) == len(cells):
            columns, is_delimiter = cells, True
            written.append(f"- {' · '.join(filter(None, cells))}")
        elif cells and columns:
            names = [*columns, *[""] * len(cells)]
            shown = (f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell)
            written.append(f"- {' · '.join(shown)}")
        else:
            columns = []
            written.append(line)
    return written


def _cells(line: str) -> list[str]:
    """Return the cells of a row of a table; a bar that is escaped stands for itself."""
    cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(line.strip())]
    first = 1 if cells and not cells[0] else 0
    return cells[first : len(cells) - (len(cells) > first and not cells[-1])]


def as_html(text: str) -> str:
    """Return a text, Markdown or other, as HTML of headings and lines: Label Studio takes away every style."""
    return "".join(
        f"<h3>{html.escape(title)}</h3><p>{'<br>'.join(map(html.escape, body.splitlines()))}</p>"
        for title, body in sections(text)
    )
