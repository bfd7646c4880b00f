"""The kill test: the real bot process is killed again and again while patients answer."""
