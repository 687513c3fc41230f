"""The ways in which annotations go wrong, each a named function that breaks a sound document.

Mutations 01 to 23 are those of the published comparison of tools; the others are what users of such tools report.
"""

from spanproof.testing.mutations import annotations, offsets, relations
from spanproof.testing.mutations.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = tuple(
    sorted(
        (
            value
            for module in (offsets, annotations, relations)
            for value in vars(module).values()
            if isinstance(value, Mutation)
        ),
        key=lambda mutation: mutation.number,
    )
)

__all__ = ["MUTATIONS", "Mutation"]
