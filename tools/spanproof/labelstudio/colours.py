"""Label colours that stay apart for colour-blind eyes, under black text and on a white page.

Vision without one kind of cone is simulated after Machado, Oliveira and Fernandes (2009), severity 1, in linear RGB;
distances are Euclidean in Oklab (Ottosson 2020) times 100; contrast is that of WCAG 2.
"""

import functools

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

VISIONS: dict[str, Floats] = {
    "normal": np.eye(3),
    "protanopia": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]
    ]),
    "deuteranopia": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]
    ]),
    "tritanopia": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]
    ]),
}  # fmt: skip
_TO_LMS = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
_TO_LAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip
CONTRAST = 4.5
"""The least contrast of a colour with black text."""
_STEPS = 18


def linear(srgb: Floats) -> Floats:
    """Return sRGB values, 0 to 1, as linear light (IEC 61966-2-1)."""
    low: Floats = srgb / 12.92
    return np.where(srgb <= 0.04045, low, ((srgb + 0.055) / 1.055) ** 2.4)


def seen(srgb: Floats, vision: str) -> Floats:
    """Return colours as a vision sees them.

    Args:
        srgb: the colours, a row each, in sRGB from 0 to 1.
        vision: the name of the vision, one of ``VISIONS``.

    Returns:
        The colours, a row each, in Oklab times 100.
    """
    light = np.clip(linear(srgb) @ VISIONS[vision].T, 0, 1)
    return np.asarray(np.cbrt(light @ _TO_LMS.T) @ _TO_LAB.T * 100)


def contrast_with_black(srgb: Floats) -> Floats:
    """Return the WCAG contrast with black of colours, a row each, in sRGB from 0 to 1."""
    return np.asarray((linear(srgb) @ np.array([0.2126, 0.7152, 0.0722]) + 0.05) / 0.05)


@functools.cache
def palette(count: int) -> tuple[str, ...]:
    """Return colours as ``#rrggbb``, each as far as can be from those before it, and from white, in every vision."""
    levels = np.linspace(0, 255, _STEPS).round() / 255
    grid: Floats = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    grid = grid[contrast_with_black(grid) >= CONTRAST]
    views = [seen(grid, vision) for vision in VISIONS]
    white = [seen(np.ones((1, 3)), vision) for vision in VISIONS]
    nearest = np.min([np.linalg.norm(view - page, axis=1) for view, page in zip(views, white, strict=True)], axis=0)
    chosen: list[int] = []
    for _ in range(count):
        best = int(np.argmax(nearest.round(6)))
        chosen.append(best)
        away = np.min([np.linalg.norm(view - view[best], axis=1) for view in views], axis=0)
        nearest = np.minimum(nearest, away)
    return tuple("#" + "".join(f"{round(c * 255):02x}" for c in grid[k]) for k in chosen)
