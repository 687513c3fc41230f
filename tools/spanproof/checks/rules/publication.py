"""SP7xx: a published dataset folder: card, features, counts, hashes, versions, Croissant, files.

A rule says nothing of what an earlier one has found to be unusable: without readable YAML there is nothing to compare.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.compute as pc

from spanproof.checks.rule import rule
from spanproof.corpus.findings import Finding
from spanproof.formats.class_labels import features_of, first_difference, label_ids
from spanproof.parsing.json import parse
from spanproof.publication.folder import GENERATED, IRREGULAR, LINK, SUMS, Publication, listed
from spanproof.publication.stated import croissant_faults, days_of, versions_of

# What the Hub knows, as of November 2026; it warns of another value on upload, and its filters don't find it.
_ALLOWED: Mapping[str, list[str]] = parse(Path(__file__).with_name("card_values.json").read_bytes())


def _found(publication: Publication, message: str, at: str = "", file: str = "README.md") -> Finding:
    line = publication.line(at, file) if at else None
    return Finding("", "error", message, file=f"{publication.at}/{file}", line=line)


@rule("SP701", "card", about="publication", bad_files=(("README.md", "license: other", "license: [other"),))
def card(publication: Publication) -> Iterator[Finding]:
    """The card can't be read: its YAML is broken, or declares no configuration.

    ``datasets`` and the Hub read configurations, features and licence from the YAML between the two ``---`` at the head
    of README.md. Without it, the contents of the folder are guessed.

    Never waive it: nobody can load the dataset as it is meant.
    """
    try:
        assert publication.settings
    except ValueError as error:
        yield _found(publication, str(error), "---")


@rule("SP702", "card-value", about="publication", bad_files=(("README.md", "token-classification", "ner"),))
def card_value(publication: Publication) -> Iterator[Finding]:
    """The card has a value that the Hub doesn't know: licence, task, language, creators or size.

    The Hub filters by these values and checks them only on upload. For a licence that the Hub doesn't list, write
    ``other``, ``license_name`` and ``license_link``.

    Waive it where the Hub has come to know the value since this version of spanproof.
    """
    from spanproof.publication.card import size_category

    settings = publication.settings if publication.configs else {}
    for name, allowed in _ALLOWED.items():
        for value in listed(settings.get(name)):
            if value not in allowed:
                known = ", ".join(sorted(allowed))
                yield _found(publication, f"{name}: {value!r} is unknown; known are {known}", str(value))
    for value in listed(settings.get("language")):
        if not re.fullmatch(r"[a-z]{2,3}", str(value)):
            yield _found(publication, f"language: {value!r}; expected a code of ISO 639, like en", "language:")
    if settings.get("license") == "other":
        for name in ("license_name", "license_link"):
            if not settings.get(name):
                yield _found(publication, f"license: other needs {name}", "license:")
    rows = [sum(table.num_rows for table in publication.tables(paths).values()) for _, _, paths in publication.configs]
    sizes = listed(settings.get("size_categories"))
    if sizes and rows and size_category(max(rows)) not in sizes:
        message = f"size_categories: {', '.join(map(str, sizes))}; the largest configuration has {max(rows):,} rows: "
        yield _found(publication, message + size_category(max(rows)), "size_categories:")


@rule(
    "SP703",
    "data-files",
    about="publication",
    bad_files=(("README.md", "path: data/dates/test-*", "path: data/date/test-*"),),
)
def data_files(publication: Publication) -> Iterator[Finding]:
    """A configuration has no file, a file belongs to no configuration, or the folder holds a loading script.

    A pattern that matches nothing fails when it is loaded; a Parquet file that no configuration names is never seen.
    ``datasets`` refuses a folder that has a Python file with the folder's name.

    Never waive it: a part of the dataset can't be loaded, or the whole of it.
    """
    named = set()
    for name, _, paths in publication.configs:
        named |= set(paths)
        if not paths:
            yield _found(publication, f"configuration {name}: its data_files match no file", f"config_name: {name}")
        for path in paths:
            try:
                publication.table(path)
            except ValueError as error:
                yield _found(publication, str(error), file=path)
        if not paths:
            return
    for path in publication.files if named else ():
        if path.endswith(".parquet") and path not in named and not path.startswith("../"):
            yield _found(publication, "no configuration of the card names this file", file=path)
        if path.endswith(".py") and "/" not in path:
            yield _found(publication, "datasets takes this for a loading script and refuses the folder", file=path)


@rule("SP704", "features-differ", about="publication", bad_files=(("README.md", "'0': direct\n", "'0': spoken\n"),))
def features_differ(publication: Publication) -> Iterator[Finding]:
    """The features in the card's YAML differ from those of the Parquet file.

    ``datasets`` believes the YAML and gives no warning: labels in another order get wrong names, a nested member that
    the file lacks is null in every row, and an integer that is too large for its type becomes another number.

    Never waive it: anyone who loads the dataset gets values that aren't those in the files.
    """
    import datasets

    infos = publication.infos
    for name, _, paths in publication.configs:
        for table in publication.tables(paths).values():
            if "features" not in infos.get(name, {}):
                message = f"configuration {name}: the YAML declares no features under dataset_info"
                yield _found(publication, message, f"config_name: {name}")
                break
            try:
                declared = datasets.Features._from_yaml_list(infos[name]["features"])
                types = declared.arrow_schema.types
            except (TypeError, ValueError, KeyError, AttributeError) as error:
                yield _found(publication, f"configuration {name}: unusable features: {error}", f"config_name: {name}")
                break
            stored = datasets.Features.from_arrow_schema(table.schema)
            bare = types == table.schema.types and not features_of(table.schema)
            if list(declared) != list(stored) or not (bare or declared == stored):
                yield _found(publication, first_difference(name, declared, stored), f"config_name: {name}")


@rule("SP705", "label-id", about="publication", bad_files=(("data/quotes/test-00000-of-00001.parquet", "type", "99"),))
def label_id(publication: Publication) -> Iterator[Finding]:
    """A label's number has no name.

    The names of a ClassLabel are numbered from 0. Another number is loaded without a warning, and looking it up fails
    or gives the wrong label.

    Waive it where -1 says that a label is kept back, as in the test set of a shared task.
    """
    for name, _, paths in publication.configs:
        for path, table in publication.tables(paths).items():
            for column, feature in features_of(table.schema).items():
                for place, ids, last in label_ids(table[column].combine_chunks(), feature, column):
                    known = pc.and_(pc.greater_equal(ids, 0), pc.less_equal(ids, last))
                    for wrong in ids.filter(pc.invert(known)).unique().to_pylist():
                        message = f"{place}: {wrong} isn't the number of a label; expected 0 to {last}"
                        yield _found(publication, f"configuration {name}, {message}", file=path)


@rule("SP706", "count", about="publication", bad_files=(("README.md", "num_examples: 1\n", "num_examples: 2\n"),))
def count(publication: Publication) -> Iterator[Finding]:
    """A number of rows or bytes in the card's YAML differs from the files.

    ``datasets`` refuses to load a split if its number of rows differs. It doesn't compare the size of the download.

    Never waive it: the dataset can't be loaded, or its card states a wrong size.
    """
    infos = publication.infos
    for name, _, paths in publication.configs:
        info, tables = infos.get(name, {}), publication.tables(paths).values()
        if not info or not tables:
            continue
        splits = [split for split in listed(info.get("splits")) if isinstance(split, Mapping)]
        counts = [split.get("num_examples", 0) for split in splits]
        says = sum(counts) if all(type(number) is int for number in counts) else ", ".join(map(str, counts))
        stated = {
            "num_examples": (says, sum(table.num_rows for table in tables)),
            "download_size": (info.get("download_size"), sum(len(publication.files[path]) for path in paths)),
        }
        for member, (says, is_) in stated.items():
            if says is not None and says != is_:
                message = f"configuration {name}: {member} is {says} in the YAML, {is_} in the files"
                yield _found(publication, message, f"{member}: {says}")


@rule("SP707", "hash", about="publication", bad_files=(("croissant.json", '"sha256": "', '"sha256": "0'),))
def hash_(publication: Publication) -> Iterator[Finding]:
    """A hash or size that the dataset states differs from that of the file.

    In ``croissant.json`` every file has its SHA-256 and its size; in the card, the ``description`` of a configuration
    has ``sha256:`` and 16 digits of the hash, so that ``datasets`` doesn't read a rebuilt folder from an old cache.

    Never waive it: anyone who verifies a download will think that it is broken.
    """
    for name, entry, paths in publication.configs:
        stated = str(entry.get("description", ""))
        if stated.startswith("sha256:") and len(paths) == 1:
            actual = hashlib.sha256(publication.files[paths[0]]).hexdigest()[:16]
            if stated != f"sha256:{actual}":
                yield _found(publication, f"configuration {name}: {stated} here, sha256:{actual} in the file", stated)
    for entry in publication.croissant.get("distribution", ()):
        content = publication.files.get(str(entry.get("contentUrl")))
        if content is None:
            continue
        right = {"sha256": hashlib.sha256(content).hexdigest(), "contentSize": f"{len(content)} B"}
        for member, value in right.items():
            if entry.get(member) != value:
                message = f"{entry['contentUrl']}: {member} is {entry.get(member)} here, {value} in the file"
                yield _found(publication, message, str(entry.get(member)), "croissant.json")


@rule(
    "SP708",
    "version-differs",
    about="publication",
    bad_files=(("croissant.json", '"version": "1.0.0"', '"version": "1.0.1"'),),
)
def version_differs(publication: Publication) -> Iterator[Finding]:
    """The dataset states two versions or two release dates, or a version that isn't three numbers, like 1.0.0.

    The card, ``croissant.json``, the newest release in CHANGELOG.md, and a CITATION.cff that cites the dataset must
    state the same version; the last three and ``dataset.json``, the same day of release.

    Never waive it: nobody could say which version they have cited.
    """
    versions = list(versions_of(publication))
    for file, version, at in versions:
        if not re.fullmatch(r"\d+\.\d+\.\d+", version):
            yield _found(publication, f"version {version!r}; expected three numbers, like 1.0.0", at, file)
            return
    for file, version, at in versions[1:]:
        if version != versions[0][1]:
            yield _found(publication, f"version {version} here, {versions[0][1]} in {versions[0][0]}", at, file)
    days = list(days_of(publication))
    for file, day, at in days[1:]:
        if day != days[0][1]:
            yield _found(publication, f"released on {day} here, {days[0][1]} in {days[0][0]}", at, file)


@rule("SP709", "croissant", about="publication", bad_files=(("croissant.json", '"datePublished"', '"date"'),))
def croissant(publication: Publication) -> Iterator[Finding]:
    """The Croissant description lacks a required member, or names a file or column that doesn't exist.

    Validators of Croissant don't report missing names, licences and creators, nor columns that no file has.

    Never waive it: a program that follows the description finds nothing at the places that it names.
    """
    for message, words in croissant_faults(publication):
        yield _found(publication, message, words, "croissant.json")


@rule("SP711", "foreign-file", about="publication", bad_files=(("SHA256SUMS", "picture.svg", "schema.json"),))
def foreign_file(publication: Publication) -> Iterator[Finding]:
    """The folder has a file that `spanproof build` didn't make, or lacks one that it made.

    SHA256SUMS lists the files of the build. Any other file there would be published for everyone: notes, a hidden file
    with a token, a link to a file elsewhere. ``.gitattributes``, which the Hub adds, is allowed. A folder that
    spanproof didn't build has no such list. There, only links out of the folder and irregular files (such as sockets)
    are found.

    Never waive it: what was published by mistake can't be taken back.
    """
    built = GENERATED in publication.body
    listed = built and SUMS in publication.files
    for name, what in publication.foreign({*publication.listed, SUMS} if listed else publication.files):
        if built or (name not in publication.files and what in (LINK, IRREGULAR)):
            yield _found(publication, f"{what}; expected nothing but the files of a build", file=name)
    for name in publication.listed.keys() - publication.files.keys() if listed else ():
        yield _found(publication, f"is listed in {SUMS} but missing; expected every file of the build", file=name)


@rule("SP710", "stale", about="publication", bad_files=(("README.md", "1 article (", "2 articles ("),))
def stale(publication: Publication) -> Iterator[Finding]:
    """A file differs from what `spanproof build` makes from the documents in this folder.

    Checked only for datasets that spanproof has built, as their card says. Everything is built again from the
    documents, ``schema.json``, ``dataset.json`` and ``card.md`` in the folder, and compared. What the card says about
    the agreement of annotators and about systems can't be built from them, and isn't compared.

    Never waive it: the next build replaces it with what the documents say.
    """
    from spanproof.publication.rebuilt import first_stale_line, rebuilt

    earlier = (finding for rule in _EARLIER for finding in rule.judge(publication))
    if GENERATED not in publication.body or any(True for _ in earlier):
        return
    try:
        tables, texts = rebuilt(publication)
    except ValueError as error:
        yield _found(publication, f"the dataset can't be rebuilt: {error}")
        return
    for path, table in tables.items():
        if path not in publication.files or not publication.table(path).equals(table):
            yield _found(publication, "the rows differ from those that the documents give", file=path)
    for path, fresh in texts.items():
        published = publication.files.get(path, b"")
        if published != fresh:
            line, message = first_stale_line(published, fresh)
            yield Finding("", "error", message, file=f"{publication.at}/{path}", line=line)


_EARLIER = (card, card_value, data_files, features_differ, label_id, count, hash_, version_differs, croissant,
            foreign_file)  # fmt: skip
