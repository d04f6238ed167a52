/**
 * How a drawing looks where its style sheet was taken away, as mail gateways and previews do: presentation attributes, which every rule of
 * the style sheet overrides; `opacity` and not `fill-opacity`, which no rule sets and which would multiply. Without them an SVG path is filled black. The colours are those of the light palette.
 */

const INK = '#1a1e23';
const GREY = '#59626d';
const RULE = '#c3cad2';
const GRID = '#e6e9ed';
const PAPER = '#fff';
const USED = '#15489b';
const USED_2 = '#7f9fd6';
const RSS = '#1f9c8b';
const RSS_2 = '#9ad3ca';
const WARNING = '#c98500';
const CRITICAL = '#b3211b';
const GOOD = '#1a7235';
const HEAT = ['#eaf0fa', '#cddcf3', '#abc3e9', '#84a5dc', '#5b84cb', '#3463b3', '#123f8a'] as const;

const stroke = (colour: string, more = ''): string => `fill="none" stroke="${colour}"${more}`;
const fill = (colour: string, opacity?: number): string => `fill="${colour}"${opacity === undefined ? '' : ` opacity="${opacity}"`}`;
const dashed = (pattern: string): string => ` stroke-dasharray="${pattern}"`;

/** By the first class of an element that is listed, more than one word first. */
const LOOKS: Readonly<Record<string, string>> = {
  grid: stroke(GRID),
  base: stroke(RULE),
  rule: stroke(RULE),
  rail: stroke(RULE),
  leader: stroke(GREY),
  upright: stroke(GREY, dashed('2 2')),
  hatch: stroke(GREY, ' opacity=".5"'),
  'line rss': stroke(RSS, ' stroke-width="2"'),
  'line muted': stroke(GREY),
  'line good': stroke(GOOD),
  'line warning': stroke(WARNING),
  'line counted': stroke(USED, dashed('1 4')),
  'line fan-p50': stroke(USED, dashed('6 4')),
  line: stroke(USED, ' stroke-width="2"'),
  area: fill(USED, 0.1),
  over: fill(WARNING, 0.45),
  'limit maxmemory': stroke(INK, dashed('7 3')),
  'limit recommended': stroke(USED, dashed('7 3 1.5 3')),
  'limit target': stroke(INK, dashed('1.5 3')),
  limit: stroke(INK),
  recovered: `fill="${PAPER}" stroke="${INK}"`,
  save: stroke(GREY),
  step: stroke(INK),
  'layer l0': fill(USED),
  'layer l1': fill(USED_2),
  'layer l2': fill(RSS),
  'layer l3': fill(RSS_2),
  'layer l4': fill(GREY),
  layer: fill(RULE),
  phase: stroke(USED),
  arrow: fill(USED),
  diagonal: stroke(GREY, dashed('4 4')),
  'fan inner': fill(USED, 0.22),
  'fan outer': fill(USED, 0.12),
  'bar add': fill(USED_2),
  'bar minus': fill(RSS_2),
  'bar total': fill(USED),
  'bar now': fill(USED_2),
  'bar later': fill(USED, 0.22),
  'tone warning': fill(WARNING),
  'tone critical': fill(CRITICAL),
  basis: stroke(GREY),
  'basis-fill': fill(GREY),
  under: fill(PAPER, 0.82),
  ...Object.fromEntries(HEAT.map((colour, n) => [`h${n}`, fill(colour)])),
};

/** The markup of a drawing with the plain look of each shape beside its class. Texts keep the black that they have. */
export function withPlainLook(markup: string): string {
  return markup.replace(
    /<(path|rect|circle|g)( [^>]*?)?( class="([a-z0-9-]+)( [a-z0-9-]+)?[^"]*")/g,
    (whole, tag, before, name, first, second) => {
      const look = LOOKS[`${first}${second ?? ''}`] ?? LOOKS[first];
      return look === undefined ? whole : `<${tag}${before ?? ''}${name} ${look}`;
    },
  );
}
