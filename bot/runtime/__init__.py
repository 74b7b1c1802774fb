"""The parts that run: the way in, time passing, and the way out."""
