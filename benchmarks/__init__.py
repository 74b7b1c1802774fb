"""Figures, printed and never tested: each file is run by itself and by `make bench`."""
