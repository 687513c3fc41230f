"""The check: rules, causes, corrections, reports."""
