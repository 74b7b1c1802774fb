"""The running parts: the way in, passing time, and the way out."""
