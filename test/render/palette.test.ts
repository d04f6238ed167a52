import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

type Palette = Readonly<Record<string, string>>;

async function readPalette(name: string): Promise<Palette> {
  const css = await readFile(`templates/${name}`, 'utf8');
  return Object.fromEntries([...css.matchAll(/--([\w-]+): (#[0-9a-f]+);/g)].map(([, key = '', colour = '']) => [key, colour]));
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const long = hex.length === 4 ? `#${[...hex.slice(1)].map((digit) => digit + digit).join('')}` : hex;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(long.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

// axe-core measures the text of the page; the text and the lines of drawings are measured here.
describe.each(['palette.css', 'palette-dark.css'])('%s', (name) => {
  it.each(['ink', 'grey', 'used-text', 'rss-text', 'good', 'warning', 'critical'])('has text in %s that can be read', async (colour) => {
    const palette = await readPalette(name);
    for (const ground of ['paper', 'wash'])
      expect(contrast(String(palette[colour]), String(palette[ground])), ground).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['used', 'rss', 'warning-fill', 'critical', 'grey'])('has lines and marks in %s that can be seen', async (colour) => {
    const palette = await readPalette(name);
    expect(contrast(String(palette[colour]), String(palette.paper))).toBeGreaterThanOrEqual(3);
  });

  it('has heat map steps that grow away from the paper', async () => {
    const palette = await readPalette(name);
    const steps = [0, 1, 2, 3, 4, 5, 6].map((step) => contrast(String(palette[`h${step}`]), String(palette.paper)));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });
});
