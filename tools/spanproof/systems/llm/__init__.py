"""Language models as systems: prompt, endpoint, and where in the text an answer stands."""
