"""The look that all pictures share: colours that colour-blind readers can tell apart, and few lines."""

# Okabe and Ito's palette (2008), the part of it that is also told apart in print.
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
PINK, SKY, YELLOW = "#CC79A7", "#56B4E9", "#E69F00"
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"
TWO_SIDES = "RdBu"  # a field with a sign: red below, blue above, white between; no green beside the red
DASHES = (0, (4, 1.6))

RC = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "font.size": 9.5,
    "grid.color": "#EBEBEB",
    "grid.linewidth": 0.7,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "mathtext.fontset": "dejavusans",
    "svg.hashsalt": "pictures",  # the same names in the file every time
    "text.color": INK,
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
}
HALO = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}  # a text's box, over lines or colour
