"""The guidelines of annotators, Markdown or another text: on the page of a task, and before they begin."""

import html
import re

_HEADING = re.compile(r"(#{1,3})\s+(.+?)\s*#*\s*")
_FENCE = re.compile(r"\s*(```|~~~)")
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
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
    """Return lines as a text in which a paragraph is one line; lists, tables and code stay as they are written.

    A page shows plain text, so that the marks of bold words go.
    """
    joined: list[str] = []
    fenced = False
    for line in lines:
        is_fence = bool(_FENCE.match(line))
        starts = fenced or is_fence or bool(_BLOCK_START.match(line)) or not joined or not joined[-1].strip()
        if starts or joined[-1].lstrip().startswith(("|", "#", "```", "~~~")):
            joined.append(line.rstrip())
        else:
            joined[-1] += f" {line.strip()}"
        fenced ^= is_fence
    return _BOLD.sub(r"\1", "\n".join(joined).strip("\n"))


def as_html(text: str) -> str:
    """Return a text, Markdown or other, as HTML of headings and lines: Label Studio takes away every style."""
    return "".join(
        f"<h3>{html.escape(title)}</h3><p>{'<br>'.join(map(html.escape, body.splitlines()))}</p>"
        for title, body in sections(text)
    )
