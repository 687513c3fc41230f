"""Documents in another form: as stand-off documents of a format, without their text, for other tools; what is lost."""
