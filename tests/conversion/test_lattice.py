"""The page about the formats is what they say that they keep."""

from click.testing import CliRunner

from spanproof.cli import main
from spanproof.conversion.lattice import page
from spanproof.formats.leaves import LEAVES
from spanproof.formats.losses import Feature
from support.pages import DOCS


def test_the_page_is_fresh() -> None:
    assert (DOCS / "reference" / "formats.md").read_text("utf-8") == page(), "make format writes it anew"


def test_every_format_and_feature_is_listed() -> None:
    result = CliRunner().invoke(main, ["formats"])
    assert result.exit_code == 0
    for name in (*(leaf.name for leaf in LEAVES), *Feature):
        assert name in result.output
