"""One look for all figures: Okabe and Ito's colours, which the colour-blind can tell apart."""

import textwrap

import matplotlib.pyplot as plt

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILLION, PURPLE, GREY = "#0072B2", "#D55E00", "#CC79A7", "#8A8A8A"
SERIES = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
BANDS = {"high": VERMILLION, "medium": ORANGE, "low": SKY}

plt.rcdefaults()
plt.rcParams.update(
    {
        "figure.dpi": 85,
        "figure.constrained_layout.use": True,
        "font.size": 10,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "x",
        "grid.color": "#E3E3E3",
        "legend.frameon": False,
    }
)


def label(text, width=28):
    """A name that fits beside an axis."""
    return "\n".join(textwrap.wrap(text.replace("$", r"\$"), width)) or text


def rows(axis, names, width=28):
    """Names down the left side, the first on top."""
    axis.set_yticks(range(len(names)), [label(name, width) for name in names])
    axis.set_ylim(len(names) - 0.4, -0.6)


def estimates(axis, places, values, scale=1.0, is_upright=False, **style):
    """Points with their intervals, as the program gave them; what it could not say is left out."""
    style = {"color": BLUE, "marker": "o", "markersize": 5, "label": None} | style
    found = [(place, v) for place, v in zip(places, values) if v and v["point"] is not None]
    for place, value in found:
        ends = [scale * end for end in (value["low"], value["high"]) if end is not None]
        if len(ends) == 2:
            line = ([place, place], ends) if is_upright else (ends, [place, place])
            axis.plot(*line, color=style["color"], linewidth=2, solid_capstyle="butt")
    points = [scale * value["point"] for _, value in found]
    at = [place for place, _ in found]
    xy = (at, points) if is_upright else (points, at)
    axis.plot(*xy, linestyle="", **style)


def legend_below(axis, columns=3, gap=-0.22):
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, gap), ncols=columns)


def legend_above(axis, columns=3):
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, borderaxespad=0.2)
