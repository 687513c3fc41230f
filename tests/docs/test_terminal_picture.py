"""The picture of a terminal at the head of the README shows what a terminal shows."""

import io
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from support.documents import ROOT
from support.pages import DOCS

COLUMNS = 104
EXAMPLE = DOCS / "pictures" / "reports.jsonl"
COMMANDS = ("spanproof check reports.jsonl", "spanproof check reports.jsonl --fix 2>/dev/null")
PICTURES = {
    "light": TerminalTheme(
        (255, 255, 255),
        (31, 35, 40),
        [
            (31, 35, 40),
            (185, 28, 28),
            (22, 101, 52),
            (133, 77, 14),
            (29, 78, 216),
            (126, 34, 206),
            (14, 99, 122),
            (87, 96, 106),
        ],
    ),
    "dark": TerminalTheme(
        (13, 17, 23),
        (230, 237, 243),
        [
            (230, 237, 243),
            (255, 123, 114),
            (126, 231, 135),
            (227, 179, 65),
            (121, 184, 255),
            (210, 168, 255),
            (118, 227, 234),
            (139, 148, 158),
        ],
    ),
}
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>A terminal: spanproof finds three spans that are off, proves why, and corrects them.</title>
<style>
.{unique_id}-matrix {{ font: {char_height}px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; }}
{styles}
</style>
<defs>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def shown(folder: Path) -> Text:
    """What a terminal shows of the commands, in the colours that it would have."""
    (folder / EXAMPLE.name).write_bytes(EXAMPLE.read_bytes())
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tools"), "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"}
    lines = []
    for command in COMMANDS:
        shell = f"{shlex.quote(sys.executable)} -m {command.replace(EXAMPLE.name, EXAMPLE.name + ' --color')}"
        done = subprocess.run(
            shell, shell=True, cwd=folder, env=environment, check=False, text=True, stdout=-1, stderr=-1
        )
        said = [f"\x1b[2m{line}\x1b[0m" for line in done.stderr.splitlines()]
        lines += [f"\x1b[1m$ {command}\x1b[0m", *said, *done.stdout.splitlines(), ""]
    return Text.from_ansi("\n".join(lines[:-1]))


def drawn(text: Text, theme: TerminalTheme) -> str:
    """The picture of a terminal."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print(text)
    picture = console.export_svg(title="", theme=theme, code_format=SVG, unique_id="t", font_aspect_ratio=0.602)
    return picture.replace("rgba(255,255,255,0.35)", "#8b949e")


def file_of(name: str) -> Path:
    return DOCS / "pictures" / f"finding-{name}.svg"


@pytest.mark.slow
def test_the_pictures_of_a_terminal_are_fresh(tmp_path: Path) -> None:
    text = shown(tmp_path)
    for name, theme in PICTURES.items():
        written = file_of(name).read_text("utf-8")
        assert written == drawn(text, theme), (
            "PYTHONPATH=tests python tests/docs/test_terminal_picture.py draws them anew"
        )
        assert "http" not in written.replace("http://www.w3.org/2000/svg", "")
        assert "(proved)" in written.replace("&#160;", " ")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        text = shown(Path(name))
    for name, theme in PICTURES.items():
        file_of(name).write_text(drawn(text, theme), "utf-8")
