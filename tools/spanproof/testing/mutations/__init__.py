"""The ways annotations break: named classes, each a function that breaks a sound document.

Classes 01 to 23 are those of the published comparison of tools; the others are what users of such tools report.
"""

from spanproof.testing.mutations import annotations as layers
from spanproof.testing.mutations import offsets as counting
from spanproof.testing.mutations.mutation import Corruption, objects

CLASSES: tuple[Corruption, ...] = tuple(
    sorted(
        (value for module in (counting, layers) for value in vars(module).values() if isinstance(value, Corruption)),
        key=lambda corruption: corruption.number,
    )
)

__all__ = ["CLASSES", "Corruption", "objects"]
