"""Makes the fonts under templates/fonts. Run by hand after a change here: python3 scripts/report-fonts.py (needs fonttools and brotli).

inter-400.woff2, inter-600.woff2: Inter's Latin subset at the two weights of the report, cut from the variable font of
@fontsource-variable/inter. Chrome prints a variable font as Type 3 outlines: twice the file, uneven spacing.
symbols.woff2: the few signs that the report uses and that subset lacks, drawn here. Heights and stems follow Inter.
"""
from pathlib import Path
from shutil import copyfile
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).parent.parent
FONTS = ROOT / 'templates/fonts'
INTER = ROOT / 'node_modules/@fontsource-variable/inter'

for weight, style in ((400, 'Regular'), (600, 'SemiBold')):
    variable = TTFont(INTER / 'files/inter-latin-wght-normal.woff2', recalcTimestamp=False)
    static = instantiateVariableFont(variable, {'wght': weight})
    for record in static['name'].names:
        if record.nameID in (4, 6):
            record.string = f'Inter-{style}' if record.nameID == 6 else f'Inter {style}'
    static['OS/2'].usWeightClass = weight
    static.flavor = 'woff2'
    static.save(FONTS / f'inter-{weight}.woff2')
copyfile(INTER / 'LICENSE', FONTS / 'inter-license.txt')

EM, STEM, AXIS = 2048, 176, 745  # AXIS: half the cap height, where arrows and operators are centred


def polygon(pen, points):
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def box(pen, x0, y0, x1, y1):
    polygon(pen, [(x0, y0), (x0, y1), (x1, y1), (x1, y0)])


def circle(pen, x, y, r, hole=False, half=False):
    k = r * 0.41421356
    turns = [(r, 0), (r, -k), (k, -r), (0, -r), (-k, -r), (-r, -k), (-r, 0), (-r, k), (-k, r), (0, r), (k, r), (r, k)]
    if half:
        turns = turns[3:10]
    elif hole:
        turns = turns[:1] + turns[:0:-1]
    at = [(round(x + dx), round(y + dy)) for dx, dy in turns]
    if half:
        pen.moveTo(at[0])
        pen.qCurveTo(at[1], at[2], at[3])
        pen.qCurveTo(at[4], at[5], at[6])
        pen.closePath()
        return
    pen.moveTo(at[0])
    for i in range(1, 12, 3):
        pen.qCurveTo(at[i], at[i + 1], at[(i + 2) % 12])
    pen.closePath()


def arrow(pen, right=True, left=False, width=1500):
    x0, x1, half, reach = 150, width - 150, STEM // 2, 430
    box(pen, x0 + (120 if left else 0), AXIS - half, x1 - (120 if right else 0), AXIS + half)
    d = int(STEM * 0.71)
    for here, sign in ((x1, -1),) * right + ((x0, 1),) * left:
        points = [(here, AXIS), (here + sign * reach, AXIS + reach), (here + sign * (reach + d), AXIS + reach - d),
                  (here + sign * 2 * d, AXIS), (here + sign * (reach + d), AXIS - reach + d), (here + sign * reach, AXIS - reach)]
        polygon(pen, points if sign > 0 else points[::-1])


def less_equal(pen, mirror=False):
    flip = (lambda x: 1340 - x) if mirror else (lambda x: x)
    points = [(160, 880), (1180, 1330), (1180, 1140), (430, 820), (1180, 500), (1180, 310), (160, 760)]
    points = [(flip(x), y) for x, y in points]
    polygon(pen, points[::-1] if mirror else points)
    box(pen, 160, 20, 1180, 20 + STEM)


def wave(pen, y):
    polygon(pen, [(150, y), (150, y + 100), (330, y + 230), (480, y + 250), (840, y + 120), (960, y + 120), (1190, y + 270),
                  (1190, y + 90), (1020, y - 30), (860, y - 60), (500, y + 70), (390, y + 60)])


GLYPHS = {
    'arrowleft': (0x2190, 1500, lambda p: arrow(p, right=False, left=True)),
    'arrowright': (0x2192, 1500, lambda p: arrow(p)),
    'arrowboth': (0x2194, 1700, lambda p: arrow(p, left=True, width=1700)),
    'approxequal': (0x2248, 1340, lambda p: (wave(p, 880), wave(p, 400))),
    'notequal': (0x2260, 1340, lambda p: (box(p, 160, 900, 1180, 900 + STEM), box(p, 160, 430, 1180, 430 + STEM),
                                           polygon(p, [(380, 180), (800, 1330), (960, 1330), (540, 180)]))),
    'lessequal': (0x2264, 1340, less_equal),
    'greaterequal': (0x2265, 1340, lambda p: less_equal(p, mirror=True)),
    'square': (0x25A0, 1400, lambda p: box(p, 150, AXIS - 550, 1250, AXIS + 550)),
    'triangleup': (0x25B2, 1500, lambda p: polygon(p, [(100, 180), (750, 1330), (1400, 180)])),
    'triangledown': (0x25BC, 1500, lambda p: polygon(p, [(100, 1310), (1400, 1310), (750, 160)])),
    'diamond': (0x25C6, 1500, lambda p: polygon(p, [(100, AXIS), (750, AXIS + 650), (1400, AXIS), (750, AXIS - 650)])),
    'circle': (0x25CB, 1500, lambda p: (circle(p, 750, AXIS, 600), circle(p, 750, AXIS, 470, hole=True))),
    'disc': (0x25CF, 1500, lambda p: circle(p, 750, AXIS, 600)),
    'halfdisc': (0x25D0, 1500, lambda p: (circle(p, 750, AXIS, 600), circle(p, 750, AXIS, 470, hole=True), circle(p, 750, AXIS, 540, half=True))),
    'check': (0x2713, 1500, lambda p: polygon(p, [(150, 700), (270, 820), (570, 500), (1230, 1290), (1360, 1180), (580, 240)])),
}

pens = {}
for name, (_, _, draw) in GLYPHS.items():
    pens[name] = TTGlyphPen(None)
    draw(pens[name])
pens['.notdef'] = TTGlyphPen(None)

font = FontBuilder(EM, isTTF=True)
font.setupGlyphOrder(['.notdef', *GLYPHS])
font.setupCharacterMap({code: name for name, (code, _, _) in GLYPHS.items()})
font.setupGlyf({name: pen.glyph() for name, pen in pens.items()})
bearing = {name: font.font['glyf'][name].xMin for name in GLYPHS}
font.setupHorizontalMetrics({'.notdef': (1000, 0), **{name: (width, bearing[name]) for name, (_, width, _) in GLYPHS.items()}})
font.setupHorizontalHeader(ascent=1984, descent=-494)
font.setupNameTable({'familyName': 'Headroom Symbols', 'styleName': 'Regular', 'fullName': 'Headroom Symbols'})
font.setupOS2(sTypoAscender=1984, sTypoDescender=-494, usWinAscent=1984, usWinDescent=494)
font.setupPost()
font.font['head'].created = font.font['head'].modified = 3786912000
font.font.flavor = 'woff2'
font.font.recalcTimestamp = False
font.save(FONTS / 'symbols.woff2')
