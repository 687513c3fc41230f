"""What text is: characters, offsets in every unit, graphemes, sentences, TIMEX3 values, quote selectors."""
