"""How each task is scored, one task a file."""
