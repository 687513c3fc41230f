"""Which characters of one text are which of another."""
