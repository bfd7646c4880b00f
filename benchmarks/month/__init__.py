"""A month of a clinic with 500 patients: how often staff are interrupted, and whether anybody is lost."""
