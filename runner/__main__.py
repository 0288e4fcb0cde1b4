"""`python -m runner`: the same program as `care-export`, from a bare checkout."""

from runner.cli import main

main()
