"""The pictures of the course, one file each; `python -m examples.plots --out build/plots` draws them all.

A file says at its top what there is to see. Its functions compute the data from fixed seeds, so that a test can
check what the picture claims, and `draw` puts them on a matplotlib figure of SIZE inches (`expression_graph`, which
writes its own SVG, returns the text instead).
"""
