"""What of a schema annotators can't change: it is named, and everything else has a label, a field or an arrow."""

import pytest
from click.testing import CliRunner

from spanproof.cli.labelstudio import labelstudio
from spanproof.labelstudio.kept import kept_members
from spanproof.labelstudio.layout import Layout, not_shown
from spanproof.schema.schema import Schema
from support.labelstudio_schemas import CORRESPONDENCE, EVENTS
from support.linked import LINKED

SCHEMAS = {
    "article": Schema.article(),
    "letters": Schema.of(CORRESPONDENCE),
    "events": Schema.of(EVENTS),
    "linked": LINKED,
}


def test_what_has_no_field_is_named() -> None:
    assert kept_members(SCHEMAS["article"]) == ("language", "dct", "provenance")
    assert kept_members(SCHEMAS["letters"]) == ("sent", "relations.note", "kinship.note")
    assert kept_members(SCHEMAS["events"]) == ("tags", "layers.version", "layers.names.wiki")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_member_is_shown_or_named(name: str) -> None:
    """A key, a hash, an offset and the text are nobody's to change; everything else is one of the two."""
    schema = SCHEMAS[name]
    layout, kept = Layout.of(schema), (*kept_members(schema), *not_shown(schema))
    shown = {(*control.place, control.member) for control in layout.controls}
    shown |= {(*link.holder, link.member) for link in layout.links}
    ends = {(*arc.place, end.member) for arc in layout.arcs for kinds in arc.ends for end in kinds}
    ends |= {(*arc.place, arc.label) for arc in layout.arcs if arc.label}
    labels = {(*node.place, node.label) for node in schema.spans if node.label}
    keys = {(*node.place, schema.key_of(node)) for node in schema.nodes.values()}
    for node in schema.nodes.values():
        dotted = ".".join(step for step in node.place if step != "*")
        is_kept = any(dotted == other or dotted.startswith(f"{other}.") for other in kept)
        is_own = node.hash_of or node.place[-1:] in [(key,) for key in ("start", "end", "text", "prefix", "suffix")]
        is_own = is_own or node.place in keys or node.place in ((schema.key,), (layout.text,))
        if node.kind not in ("object", "array") and not is_own:
            assert is_kept != (node.place in shown | ends | labels), node.place


def test_config_says_what_stays_as_it_is() -> None:
    result = CliRunner().invoke(labelstudio, ["config"])
    assert result.exit_code == 0
    assert result.stderr == "Label Studio has no field for language, dct, provenance; they stay as they are\n"
    assert result.stdout.startswith("<View")
