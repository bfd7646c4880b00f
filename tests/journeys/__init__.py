"""Whole stories, told through what people see and what the rows say."""
