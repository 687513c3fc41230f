"""The journey of a build: a checked corpus becomes the Hugging Face dataset, which is loaded back and compared.

``dataset/`` is built, never edited: configurations, card, Croissant, licence, registries, picture, texts. The same
corpus gives the same bytes.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from spanproof._version import RELEASED, __version__
from spanproof.checks.check import check
from spanproof.checks.report import Report
from spanproof.corpus.waivers import Waiver
from spanproof.formats.discovery import companion, read
from spanproof.formats.files import replace_file
from spanproof.publication import files
from spanproof.publication.card import layers
from spanproof.publication.configs import Config, configs
from spanproof.schema.schema import article
from spanproof.table import StyledLine, Table, terminal


class BuildError(Exception):
    """The corpus can't be built; ``report`` holds the findings that forbid it, ``exit_code`` is 1 or 2."""

    def __init__(self, message: str, report: Report | None = None) -> None:
        super().__init__(message)
        self.report = report
        self.exit_code = report.exit_code if report else 2


@dataclass(frozen=True)
class Built:
    """A dataset that was written and loaded back: where, which version, its configurations and what the check said.

    ``changed`` are the files that were written or removed; the others were the same already.
    """

    out: Path
    version: str
    configs: tuple[Config, ...]
    report: Report
    changed: tuple[str, ...]


def build(
    gold: str | Path,
    out: str | Path,
    *,
    waivers: tuple[Waiver, ...] | None = None,
    version: str = __version__,
    date: str = RELEASED,
) -> Built:
    """Builds the dataset of a corpus of articles in a folder, and proves it by loading it with ``datasets``.

    Nothing is written before everything is proved; then file by file is replaced.

    Args:
        gold: the corpus, as :func:`spanproof.read` takes it; it must pass the check (its waivers are found beside it).
        out: the folder of the dataset.
        waivers: findings that are right as they are, in place of those found.
        version: the semantic version of the dataset.
        date: the day of its release, ``YYYY-MM-DD``.

    Raises:
        BuildError: the corpus doesn't pass, or what was loaded isn't what was built.
    """
    corpus = read(gold, article()).load()
    if waivers is not None:
        corpus = replace(corpus, waivers=waivers)
    report = check(corpus)
    if report.exit_code:
        raise BuildError("not built: the corpus doesn't pass the check", report)
    board = Path(gold).parent / "leaderboard"
    summary = (board / "summary.md").read_text("utf-8") if (board / "summary.md").exists() else ""
    made = files(corpus, version, date, {"agreement": agreement(Path(gold).parent / "passes"), "leaderboard": summary})
    if summary:
        made["leaderboard.svg"] = (board / "leaderboard.svg").read_bytes()
    if (beside := companion(Path(gold), "waivers.json")) is not None:
        made["waivers.json"] = beside.read_bytes()
    tables = configs(corpus)
    _prove(made, tables, version)
    return Built(Path(out), version, tables, report, _write(made, Path(out)))


def _prove(made: Mapping[str, bytes], tables: tuple[Config, ...], version: str) -> None:
    """Loads what was made from a folder of its own, and compares."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in made.items():
            replace_file(Path(scratch, "dataset", name), content)
        for config in tables:
            if not load(Path(scratch, "dataset"), config.name, version).equals(config.table):
                raise BuildError(f"what datasets loads as {config.name} isn't what was built")


def _write(made: Mapping[str, bytes], out: Path) -> tuple[str, ...]:
    """Replaces the files that differ and removes data and texts that are no more."""
    stale = [path for part in ("data", "articles") for path in (out / part).rglob("*") if path.is_file()]
    gone = [path for path in stale if path.relative_to(out).as_posix() not in made]
    changed = [name for name, new in made.items() if not (out / name).is_file() or (out / name).read_bytes() != new]
    for name in changed:
        replace_file(out / name, made[name])
    for path in gone:
        path.unlink()
    return (*changed, *(path.relative_to(out).as_posix() for path in gone))


def load(folder: Path, config: str, version: str) -> pa.Table:
    """A configuration of a dataset folder as ``datasets`` loads it, from a cache of its own.

    A cache of its own, because the shared one is keyed by the card and the folder's name and can serve older rows.

    Raises:
        BuildError: ``datasets`` reads another version.
    """
    import datasets

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        where = str(folder.absolute())
        loaded = datasets.load_dataset(where, config, split="test", cache_dir=cache, keep_in_memory=True)
        if str(loaded.info.version) != version:
            raise BuildError(f"datasets reads version {loaded.info.version}, built was {version}")
        table: pa.Table = loaded.data.table.combine_chunks()
    return table


def summary(built: Built, *, color: bool = False) -> str:
    """Return what was built and loaded back: the configurations, a line an article, and the labels of each layer."""
    sizes = ", ".join(f"{config.name} {config.table.num_rows}" for config in built.configs)
    articles = built.configs[0]
    counts = {layer: labels for layer, labels in layers(articles).items() if labels}
    rows = []
    for row in articles.table.to_pylist():
        numbers = [f"{len(row[layer] or ())}" for layer in counts]
        rows.append((row["id"], row["dct"]["value"], f"{len(row['text']):,}", *numbers))
    lines: list[Table | StyledLine] = [
        f"{built.out}, version {built.version}, built and loaded back. Rows: {sizes}.",
        "",
        Table(("article", "created", "characters", *counts), tuple(rows), left=2),
        "",
    ]
    for layer, labels in counts.items():
        lines.append(((layer, "bold"), (f": {', '.join(f'{name} {n}' for name, n in labels.items())}", "")))
    lines += ["", f"{len(built.changed)} files changed" if built.changed else "no file changed"]
    return terminal(lines, color=color)


def agreement(passes: Path) -> str:
    """The agreement of the two passes behind a gold, as `spanproof agree --output markdown` prints it."""
    from spanproof.metrics.agreement import agree
    from spanproof.metrics.render import as_markdown

    found = sorted(folder / "articles" for folder in passes.glob("*") if (folder / "articles").is_dir())
    if len(found) != 2:
        return "There are no two passes to compare.\n"
    one, other = (read(folder, registries={}) for folder in found)
    return as_markdown(agree(one, other))
