"""A disk that loses power: read what a run did to it, and every state that a cut may leave."""
