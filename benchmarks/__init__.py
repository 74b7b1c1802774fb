"""Figures, printed and never tested: `make bench` runs them all."""
