"""The cases S01 to S32: `cases.jsonl` says what goes in and how it ends, `edits.py` how it looks here."""
