"""Pure clinical rules. No input or output, no clock, no database, no Flask: values in, values out."""
