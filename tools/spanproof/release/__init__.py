"""A dataset released: build, prepare, publish, load."""
