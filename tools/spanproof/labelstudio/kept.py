"""What of a schema annotators can't change in Label Studio: it stays with the task, and comes back as it was."""

from collections.abc import Iterator

from spanproof.labelstudio.holders import holders, label_member, named
from spanproof.labelstudio.layout import SPAN_MEMBERS, Layout, not_shown
from spanproof.schema.layers import holds_spans
from spanproof.schema.node import Node
from spanproof.schema.schema import Schema


def kept_members(schema: Schema) -> tuple[str, ...]:
    """Return the members that have no field, label or arrow, in the order of the schema: ``dct``, ``relations.note``.

    Keys, hashes, and layers of relations that aren't drawn at all (:func:`spanproof.labelstudio.layout.not_shown`) are
    left out.

    Raises:
        SchemaError: the schema has spans of no text or of several.
    """
    layout = Layout.of(schema)
    shown = {(control.place, control.member) for control in layout.controls}
    shown |= {(link.holder, link.member) for link in layout.links}
    return tuple(dict.fromkeys(name for holder in holders(schema) for name in _kept(layout, holder, shown)))


def _kept(layout: Layout, holder: Node, shown: set[tuple[tuple[str, ...], str]]) -> Iterator[str]:
    """Yield the members of a holder that nobody can change."""
    schema, hidden = layout.schema, not_shown(layout.schema)
    drawn = {arc.place: arc for arc in layout.arcs}
    own = {
        schema.key_of(holder) if holder.place else schema.key,
        label_member(holder),
        *(SPAN_MEMBERS if holder.span_of else ()),
    }
    for name, node in holder.fields.items():
        name_of_all = named((*holder.place, name))
        if name in own or node.hash_of or (holder.place, name) in shown or name_of_all in hidden:
            continue
        if holds_spans(schema, node) or (not holder.place and name == layout.text):
            continue
        arc = drawn.get(node.items.place) if node.items else None
        if arc is None or node.items is None:
            yield name_of_all
            continue
        ends = {end.member for kinds in arc.ends for end in kinds} | {arc.label, schema.key_of(node.items)}
        yield from (f"{name_of_all}.{member}" for member in node.items.fields if member not in ends)
