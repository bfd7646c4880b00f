"""Pure clinical rules: values in, values out. No IO, no clock, no database, no Flask."""
