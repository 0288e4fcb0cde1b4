"""What a real browser makes of the report, and what it records of a session with the sandbox."""
