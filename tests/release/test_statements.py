"""Files that state a release: each is rewritten where it states it, and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.corpus.repository import Repository, Statement
from spanproof.release.statements import restated

NUMBERS = st.tuples(*[st.integers(0, 99)] * 3).map(lambda parts: ".".join(map(str, parts)))


@given(NUMBERS, st.text(st.sampled_from("ab\n\"' ="), max_size=20))
def test_the_version_alone_changes(tmp_path_factory: pytest.TempPathFactory, version: str, around: str) -> None:
    folder = tmp_path_factory.mktemp("r")
    text = f'{around}\n__version__ = "0.0.1"\nother = "0.0.1"\n'
    (folder / "v.py").write_text(text, "utf-8", newline="")
    repository = Repository(folder, "gold", states=(Statement("v.py", '__version__ = "{version}"'),))
    (changed,) = restated(repository, version, "2031-01-02").values()
    assert changed == text.replace('__version__ = "0.0.1"', f'__version__ = "{version}"')


def test_a_citation_states_version_and_day_if_it_did(tmp_path: Path) -> None:
    file = tmp_path / "CITATION.cff"
    for before, after in (
        ("version: 1.0.0\ndate-released: 2030-01-01\n", 'version: 1.1.0\ndate-released: "2031-01-02"\n'),
        ('title: "x"\nversion: "1.0.0"\n', 'title: "x"\nversion: 1.1.0\n'),
        ("title: version 1\n", "title: version 1\n"),
    ):
        before, after = (f"type: dataset\n{text}" for text in (before, after))
        file.write_text(before, "utf-8")
        made = restated(Repository(tmp_path, "gold"), "1.1.0", "2031-01-02")
        assert made.get(file, before).replace('"1.1.0"', "1.1.0") == after


def test_the_version_of_software_is_another_one(tmp_path: Path) -> None:
    (tmp_path / "CITATION.cff").write_text("type: software\nversion: 1.0.0\n", "utf-8")
    assert restated(Repository(tmp_path, "gold"), "1.1.0", "2031-01-02") == {}


@pytest.mark.parametrize(
    ("content", "says"), [(None, "doesn't exist"), ("nothing", "has no line that begins as v = {version}")]
)
def test_a_file_that_states_nothing_is_refused(content: str | None, says: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "v.py").write_text(content, "utf-8")
    with pytest.raises(ValueError, match=r"v\.py") as error:
        restated(Repository(tmp_path, "gold", states=(Statement("v.py", "v = {version}"),)), "1.0.0", "2031-01-02")
    assert says in str(error.value)
