"""One system or family of systems a file."""
