"""What a stranger wrote, parsed: one parser of JSON and one of YAML, strict and bounded."""
