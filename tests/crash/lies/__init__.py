"""What the harnesses of a lying server share: ports that can do anything, one run, and the rules it keeps."""
