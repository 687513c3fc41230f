"""Gather the pages of the repository into one folder, from which ``make docs`` builds the website.

The pages are where people read them in the repository: most in ``tools/docs``, some beside what they describe. Here
each one gets its place on the website, and the links between them are rewritten. Other files to which a page links (a
schema, a source file) are copied beside the pages, so that no link leads out of the website.

    python tools/docs/stage.py FOLDER
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "tools" / "docs"
ELSEWHERE = {
    "README.md": "index.md",
    "tools/docs/README.md": "pages.md",
    "CONTRIBUTING.md": "how-to/contribute.md",
    "CHANGELOG.md": "reference/changelog.md",
    "schema/README.md": "reference/schema.md",
    "annotations/GUIDELINES.md": "explanation/guidelines.md",
    "tools/leaderboard/README.md": "reference/leaderboard.md",
    "tools/leaderboard/errors-entities-three.md": "reference/errors-entities-three.md",
    "tools/leaderboard/errors-entities-ontonotes-16.md": "reference/errors-entities-ontonotes-16.md",
    "tools/leaderboard/errors-quotations.md": "reference/errors-quotations.md",
    "tools/leaderboard/errors-timex3.md": "reference/errors-timex3.md",
    "dataset/README.md": "reference/dataset-card.md",
    "dataset/FIELDS.md": "reference/dataset-fields.md",
    "dataset/AGREEMENT.md": "reference/dataset-agreement.md",
    "dataset/CHANGELOG.md": "reference/dataset-changelog.md",
    "dataset/LICENSE.md": "reference/dataset-licence.md",
}
"""Where on the website a page stands that isn't in ``tools/docs``, or has another name there."""
COPIES = {
    "annotations/CHANGELOG.md": "dataset/CHANGELOG.md",
    "dataset/GUIDELINES.md": "annotations/GUIDELINES.md",
}
"""Pages that are copies of others, which stand for them on the website."""
FENCE = re.compile(r"^(`{3,}).*?^\1$", re.M | re.S)
NAMED = re.compile(r"^(?P<fence>`{3,}\w+) (?P<name>[^\s=]+)$", re.M)
LINK = re.compile(r"(?P<before>\]\(|(?:src|srcset|href)=\")(?P<target>[^)\s\">]+)(?P<after>\)|\")")
FOLDER = re.compile(r"\[([^\]]+)\]\(FOLDER\)")
DARK = re.compile(
    r"<picture>\s*<source [^>]*srcset=\"(?P<dark>[^\"]+)\">\s*"
    r"<img (?P<rest>[^>]*)src=\"(?P<light>[^\"]+)\"[^>]*>\s*</picture>"
)


def pages() -> dict[str, str]:
    """Where each page stands on the website, by its path in the repository."""
    own = {path.relative_to(ROOT).as_posix(): path.relative_to(DOCS).as_posix() for path in sorted(DOCS.rglob("*.md"))}
    return own | ELSEWHERE


def staged(page: str, places: dict[str, str], copied: set[str]) -> str:
    """Return a page as the website has it.

    Args:
        page: its path in the repository.
        places: where each page stands on the website.
        copied: takes the paths of the other files that it links to.
    """

    def link(match: re.Match[str]) -> str:
        target, _, anchor = unquote(match["target"]).partition("#")
        if not target or re.match(r"[a-z][a-z0-9+.-]*:|//", target):
            return match[0]
        path = os.path.normpath(Path(page).parent / target)
        path = COPIES.get(path, path)
        if (ROOT / path).is_dir():
            return f"{match['before']}FOLDER{match['after']}"
        if path in places:
            place = places[path]
        else:
            copied.add(path)
            place = f"files/{path}"
        relative = quote(os.path.relpath(place, Path(places[page]).parent))
        return f"{match['before']}{relative}{'#' * bool(anchor)}{anchor}{match['after']}"

    text = DARK.sub(
        r'<img class="light" \g<rest>src="\g<light>"><img class="dark" \g<rest>src="\g<dark>">',
        (ROOT / page).read_text("utf-8"),
    )
    words = FOLDER.sub(r"\1", "".join(part if code else LINK.sub(link, part) for code, part in _parts(text)))
    return NAMED.sub(r'\g<fence> title="\g<name>"', words)


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The blocks of code of a page, and what stands between them."""
    end = 0
    for fence in FENCE.finditer(text):
        yield False, text[end : fence.start()]
        yield True, fence[0]
        end = fence.end()
    yield False, text[end:]


def stage(folder: Path) -> None:
    """Write the settings and the pages, with the files that they link to, into a folder, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    places, copied = pages(), set[str]()
    for page, place in places.items():
        target = folder / "pages" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(staged(page, places, copied), "utf-8")
    for name in sorted(copied):
        target = folder / "pages" / "files" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    shutil.copyfile(DOCS / "site.css", folder / "pages" / "site.css")
    shutil.copyfile(DOCS / "mkdocs.yml", folder / "mkdocs.yml")


if __name__ == "__main__":
    stage(Path(sys.argv[1]))
