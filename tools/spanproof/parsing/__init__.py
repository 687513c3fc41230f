"""What comes from outside: one parser of JSON and one of YAML, strict and bounded, and arguments of the face."""
