"""The version of the toolkit and of the dataset, and the day of its release."""

__version__ = "0.1.0"
RELEASED = "2026-11-22"
