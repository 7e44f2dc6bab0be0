"""Sums: a package so small that it is read in a minute."""
