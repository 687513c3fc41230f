"""What a project settles of its checks: where it is found, and what can't be used."""

from pathlib import Path

import pytest

from spanproof.corpus.settings import UNSETTLED, Settings


def test_the_nearest_file_that_has_settings_counts(tmp_path: Path) -> None:
    inner = tmp_path / "data" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.spanproof]\nselect = ['SP1']\n")
    (tmp_path / "data" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert Settings.around(inner).select == ("SP1",)
    (tmp_path / "data" / "spanproof.toml").write_text("ignore = ['SP2']\nschema = 'my.schema.json'\n")
    settings = Settings.around(inner)
    assert (settings.select, settings.ignore) == ((), ("SP2",))
    assert settings.schema == tmp_path / "data" / "my.schema.json"
    assert settings == Settings.read(tmp_path / "data" / "spanproof.toml")


def test_where_there_is_none_nothing_is_settled(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert Settings.around(tmp_path / "none").file in (None, UNSETTLED.file)
    assert UNSETTLED.ignored_in("a.jsonl") == ()


def test_codes_are_ignored_in_files_by_their_path_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "spanproof.toml").write_text(
        '[per-path-ignores]\n"raw/*" = ["SP109"]\n"*.parquet" = ["SP1", "splits-word"]\n'
    )
    settings = Settings.around(tmp_path)
    assert settings.ignored_in(str(tmp_path / "raw" / "deep" / "a.jsonl")) == ("SP109",)
    assert settings.ignored_in(str(tmp_path / "raw" / "a.parquet")) == ("SP109", "SP1", "splits-word")
    assert settings.ignored_in(str(tmp_path / "a.jsonl")) == ()
    assert settings.ignored_in(None) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("selct = ['SP1']", "selct is unknown; did you mean select"),
        ("colour = 'red'", "colour is unknown; expected some of corpus"),
        ("max_findings = 3", "did you mean max-findings"),
        ("select = 'SP1'", 'select is "SP1"; expected a list of strings'),
        ("ignore = [3]", "ignore is [3]; expected a list of strings"),
        ("schema = 3", "schema is 3; expected a string"),
        ("schema = '/etc/passwd'", "expected a path inside"),
        ("paths = ['../other']", "expected a path inside"),
        ("max-findings = true", "max-findings is true; expected how many"),
        ("max-findings = -1", "max-findings is -1"),
        ("per-path-ignores = ['a']", "per-path-ignores is"),
        ("[per-path-ignores]\n'a' = 'SP1'", 'per-path-ignores."a" is'),
        ("output = 2026-01-01", "output is 2026-01-01; expected a string"),
        ("a =", "expected TOML"),
    ],
)
def test_what_cannot_be_used_is_named(text: str, says: str, tmp_path: Path) -> None:
    for name in ("spanproof.toml", "pyproject.toml"):
        file = tmp_path / name
        file.write_text(
            text if name == "spanproof.toml" else "[tool.spanproof]\n" + text.replace("[per", "[tool.spanproof.per")
        )
        with pytest.raises(ValueError, match=name.replace(".", r"\.")) as error:
            Settings.around(tmp_path)
        assert says in str(error.value)
        file.unlink()


def test_two_files_in_one_folder_and_none_where_one_was_named_are_refused(tmp_path: Path) -> None:
    (tmp_path / "spanproof.toml").write_text("")
    assert Settings.around(tmp_path).file == tmp_path / "spanproof.toml"
    (tmp_path / "pyproject.toml").write_text("[tool.spanproof]\n")
    with pytest.raises(ValueError, match="expected one of them"):
        Settings.around(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    with pytest.raises(ValueError, match=r"no table tool\.spanproof"):
        Settings.read(tmp_path / "pyproject.toml")
    with pytest.raises(ValueError, match="No such file"):
        Settings.read(tmp_path / "none.toml")
    (tmp_path / "pyproject.toml").write_bytes(b"\xff")
    with pytest.raises(ValueError, match="not UTF-8; expected TOML"):
        Settings.around(tmp_path)
    (tmp_path / "pyproject.toml").write_text("tool = 3")
    with pytest.raises(ValueError, match=r"tool is 3; expected TOML with a table tool\.spanproof"):
        Settings.around(tmp_path)


def test_a_file_of_its_own_has_no_table(tmp_path: Path) -> None:
    (tmp_path / "spanproof.toml").write_text("[tool.spanproof]\npaths = ['a.jsonl']\n")
    with pytest.raises(ValueError, match="at the top level"):
        Settings.around(tmp_path)
    (tmp_path / "spanproof.toml").write_text("paths")
    with pytest.raises(ValueError, match="each setting as NAME = VALUE"):
        Settings.around(tmp_path)
