"""Cuts a static font down to the characters of reports: subset.py IN OUT [IN OUT …]."""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x386, 0x3CE), (0x400, 0x45F), (0x490, 0x491),
    (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2190, 0x2194),
]
SIGNS = "Əƒəẞ…‰′″‹›\u2009\u202f€₹₽₩₺₪₫₴№™∂∆∑−∕√∞≈≠≤≥▲▼●○✓✗"
# Ascent and descent in em; plotters takes their sum to be 1.24.
ASCENT, DESCENT = 0.9844, -0.2556


def tabular_digits(font):
    """Glyphs of one width that the font's `tnum` feature puts in place of the usual digits."""
    table, swaps = font["GSUB"].table, {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[index].SubTable:
                    swaps.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    return swaps


def cut(source, target):
    font = TTFont(source, recalcTimestamp=False)
    swaps = tabular_digits(font)
    for table in font["cmap"].tables:
        if table.isUnicode():
            for digit in range(0x30, 0x3A):
                table.cmap[digit] = swaps.get(table.cmap[digit], table.cmap[digit])
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["DSIG", "STAT"]
    cutter = subset.Subsetter(options)
    wanted = [c for first, last in RANGES for c in range(first, last + 1)]
    cutter.populate(unicodes=wanted + [ord(c) for c in SIGNS])
    cutter.subset(font)
    em = font["head"].unitsPerEm
    ascent, descent = round(em * ASCENT), round(em * DESCENT)
    line, os2 = font["hhea"], font["OS/2"]
    line.ascent, line.descent, line.lineGap = ascent, descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, -descent
    font.save(target)


for source, target in zip(sys.argv[1::2], sys.argv[2::2]):
    cut(source, target)
