"""PURE: requests as other tools write them: read, told in words, written as a manifest, and shown again."""
