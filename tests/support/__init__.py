"""A whole clinic in one process, for tests that tell a story."""
