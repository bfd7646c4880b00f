"""What the pages show: read-only queries that return frozen values, never rows."""
