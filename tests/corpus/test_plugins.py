"""Which installed packages offer something: the same as the standard library says."""

import importlib
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from spanproof.corpus.plugins import points_of

GROUP = "spanproof.rules"
OFFER = f"[{GROUP}]\nmine = nowhere:MINE\n"
PLACES = {
    "a wheel": "mine-1.dist-info/entry_points.txt",
    "a development install": "mine.egg-info/entry_points.txt",
}


def offered() -> list[str]:
    """The values of the entry points; the standard library says the same."""
    found = sorted(point.value for point in points_of(GROUP))
    assert found == sorted(point.value for point in entry_points(group=GROUP))
    return found


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_what_a_folder_offers_is_found(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = offered()
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / place
    file.parent.mkdir(parents=True)
    file.with_name("METADATA").write_text("Name: mine\n")
    file.with_name("PKG-INFO").write_text("Name: mine\n")
    file.write_text("[console_scripts]\nmine = nowhere:main\n")
    assert offered() == before
    file.write_text(OFFER)
    importlib.invalidate_caches()
    assert offered() == [*before, "nowhere:MINE"]


def test_what_an_archive_or_an_egg_offers_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = offered()
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        archive.writestr("mine-1.dist-info/entry_points.txt", OFFER)
        archive.writestr("mine-1.dist-info/METADATA", "Name: mine\n")
    egg = tmp_path / "other.egg" / "EGG-INFO" / "entry_points.txt"
    egg.parent.mkdir(parents=True)
    egg.write_text(OFFER.replace("MINE", "OTHER"))
    egg.with_name("PKG-INFO").write_text("Name: other\n")
    monkeypatch.syspath_prepend(tmp_path / "mine.zip")
    assert offered() == [*before, "nowhere:MINE"]
    monkeypatch.syspath_prepend(tmp_path / "other.egg")
    assert offered() == [*before, "nowhere:MINE", "nowhere:OTHER"]


def test_what_cannot_be_looked_at_is_left_to_the_standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        def find_distributions(self, context: object) -> list[object]:
            return []

        def find_spec(self, *_: object) -> None:
            return None

    before = offered()
    monkeypatch.setattr(sys, "path", [*sys.path, "", "/nowhere/at/all"])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert offered() == before
