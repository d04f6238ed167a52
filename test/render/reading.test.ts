import type { Browser, Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/render/html.ts';
import { openBrowser } from '../../src/render/pdf-browser.ts';
import type { TableCell } from '../../src/report/blocks.ts';
import { report } from '../helpers/report.ts';
import { showPage, stylesOf } from '../helpers/shown-page.ts';

/** What a reader does with the page: reads and zooms charts, hides lines, sorts, filters, copies, follows links. */
describe('the page in use', () => {
  let browser: Browser;
  let html: string;

  beforeAll(async () => {
    browser = await openBrowser();
    html = await renderHtml(report);
  });

  afterAll(async () => {
    await browser.close();
  });

  const textOf = (page: Page, selector: string): Promise<string> => page.$eval(selector, (element) => element.textContent ?? '');
  const memory = '#memory-over-time';
  const isZoomed = (page: Page, id: string): Promise<boolean> => page.$eval(`#${id} svg.wide`, (svg) => svg.classList.contains('zoomed'));

  async function boxOf(page: Page, selector: string): Promise<{ x: number; y: number; width: number; height: number }> {
    await page.$eval(selector, (element) => element.scrollIntoView({ block: 'center' }));
    const box = await (await page.$(selector))?.boundingBox();
    if (!box) throw new Error(`${selector} has no box`);
    return box;
  }

  async function dragAcross(page: Page, id: string, from: number, to: number): Promise<void> {
    const { x, y, width, height } = await boxOf(page, `#${id} svg.wide`);
    await page.mouse.move(x + from * width, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + to * width, y + height / 2, { steps: 4 });
    await page.mouse.up();
  }

  it('reads all charts in sight at the instant under the pointer, each value as its chart writes it', async () => {
    const { page, complaints } = await showPage(browser, html, { height: 3000 });
    const { x, y, width, height } = await boxOf(page, `${memory} svg.wide`);
    await page.mouse.move(x + width / 2, y + height / 2);
    expect(await textOf(page, `${memory} .hover`)).toMatch(/^\d+ Oct \d\d:\d\d · RSS 11.6 GiB \d+\.\d GiB · used 9.2 GiB \d+\.\d GiB$/);
    expect(await textOf(page, '#system-ratio .hover')).toMatch(/^\d+ Oct \d\d:\d\d · 88 % \d+ %$/);
    expect(await page.$$(`${memory} svg.wide .cross`)).toHaveLength(1);
    await page.mouse.move(2, 2);
    expect(await textOf(page, `${memory} .hover`)).toBe('');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says that there are no samples where the pointer is in a gap', async () => {
    const { page } = await showPage(browser, html);
    const { x, y, width, height } = await boxOf(page, `${memory} svg.wide`);
    const [left = 0, right = 0] = (await page.$eval(`${memory} svg.wide`, (svg) => svg.getAttribute('data-plot') ?? ''))
      .split(' ')
      .map(Number);
    // The gap is 9 hours long, from 4 in the morning of the 18th day on.
    const share = (17 * 24 + 8.5) / (31 * 24);
    await page.mouse.move(x + ((left + share * (right - left)) / 800) * width, y + height / 2);
    expect(await textOf(page, `${memory} .hover`)).toMatch(/· no samples$/);
    await page.close();
  });

  it('zooms every chart over time into a span drawn on one of them; Escape and the button show the whole period again', async () => {
    const { page, complaints } = await showPage(browser, html);
    await dragAcross(page, 'memory-over-time', 0.3, 0.5);
    for (const id of ['memory-over-time', 'system-ratio', 'resident-parts', 'forecast']) expect(await isZoomed(page, id)).toBe(true);
    expect(await textOf(page, '[role=status]')).toMatch(/^Shown: \d+ Oct \d\d:\d\d – \d+ Oct \d\d:\d\d$/);
    const ticks = await page.$$eval(`${memory} svg.wide .zoomed-axis text[text-anchor=middle]`, (texts) =>
      texts.map((text) => text.textContent),
    );
    expect(ticks.length).toBeGreaterThan(3);
    expect(ticks.every((tick) => /^(\d+ Oct|\d\d:\d\d)$/.test(tick ?? ''))).toBe(true);
    await page.keyboard.press('Escape');
    expect(await isZoomed(page, 'forecast')).toBe(false);
    await dragAcross(page, 'system-ratio', 0.6, 0.4);
    expect(await isZoomed(page, 'memory-over-time')).toBe(true);
    await page.$$eval(`${memory} .foot > button`, ([button]) => (button as unknown as { click(): void }).click());
    expect(await isZoomed(page, 'memory-over-time')).toBe(false);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('keeps a drawn line within its plot, and moves the marks to their instants', async () => {
    const { page } = await showPage(browser, html);
    await dragAcross(page, 'memory-over-time', 0.6, 0.8);
    const { clipped, places } = await page.$eval(`${memory} svg.wide`, (svg) => ({
      clipped: [...svg.querySelectorAll('.plot')].every((plot) => plot.parentElement?.hasAttribute('clip-path')),
      places: [...svg.querySelectorAll('g[data-x]')].map((mark) => mark.getAttribute('class') ?? ''),
    }));
    expect(clipped).toBe(true);
    expect(places.some((name) => name.includes('away'))).toBe(true);
    expect(places.some((name) => !name.includes('away'))).toBe(true);
    await page.close();
  });

  /** Where something stands in a drawing, in pixels of its view box. */
  const placesOf = (page: Page, selector: string): Promise<{ text: string; x: number; y: number }[]> =>
    page.$$eval(selector, (all) =>
      all.map((each) => {
        const svg = (each as unknown as { ownerSVGElement: typeof each }).ownerSVGElement;
        const [own, whole] = [each.getBoundingClientRect(), svg.getBoundingClientRect()];
        const inBox = (place: number): number => Math.round((place * 8000) / whole.width) / 10;
        return {
          text: each.textContent ?? '',
          x: inBox(own.left + own.width / 2 - whole.left),
          y: inBox(own.top + own.height / 2 - whole.top),
        };
      }),
    );
  const heights = `${memory} svg.wide .zoomed-axis text[text-anchor=end]`;

  it('gives the height to what is in view, says where the axis does not begin at 0, and keeps marks at their values', async () => {
    const { page } = await showPage(browser, html);
    const before = await placesOf(page, `${memory} svg.wide :is(text, circle, .limit)`);
    await dragAcross(page, 'memory-over-time', 0.55, 0.72);
    const ticks = (await placesOf(page, heights)).map(({ text, y }) => ({ value: Number(text), y }));
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks[0]?.value).toBeGreaterThan(5);
    const [first = { value: 0, y: 0 }, last = first] = [ticks[0], ticks.at(-1)];
    const valueAt = (y: number): number => first.value + ((first.y - y) / (first.y - last.y)) * (last.value - first.value);
    const circles = await placesOf(page, `${memory} svg.wide circle.peak`);
    expect(valueAt(circles[0]?.y ?? 0)).toBeCloseTo(11.4, 1);
    const limits = await placesOf(page, `${memory} svg.wide .limit.maxmemory`);
    expect(valueAt(limits[0]?.y ?? 0)).toBeCloseTo(10, 1);
    // Each name stands at its line's end or its limit.
    const names = await placesOf(page, `${memory} svg.wide [data-name=maxmemory] text`);
    expect(Math.abs((names[0]?.y ?? 0) - (limits[0]?.y ?? 0))).toBeLessThan(20);
    const hints = (): Promise<boolean[]> => page.$$eval(`${memory} .foot > .hint`, (all) => all.map((each) => each.hasAttribute('hidden')));
    expect(await page.$$(`${memory} svg.wide .torn`)).toHaveLength(1);
    expect(await stylesOf(page, `${memory} svg.wide .area`, 'display')).toEqual(['none']);
    expect(await hints()).toEqual([false]);
    await page.keyboard.press('Escape');
    expect(await hints()).toEqual([true]);
    expect(await page.$$('.torn')).toHaveLength(0);
    expect(await placesOf(page, `${memory} svg.wide :is(text, circle, .limit)`)).toEqual(before);
    await page.close();
  });

  it('keeps the ground of stacked layers, whose sizes are read from it', async () => {
    const { page } = await showPage(browser, html);
    await dragAcross(page, 'memory-over-time', 0.2, 0.3);
    const ticks = await placesOf(page, '#resident-parts svg.wide .zoomed-axis text[text-anchor=end]');
    expect(ticks[0]?.text).toBe('0');
    expect(await page.$$('#resident-parts .torn')).toHaveLength(0);
    await page.close();
  });

  it('is read, zoomed and left by keyboard, and tells each step to a screen reader', async () => {
    const { page } = await showPage(browser, html);
    const reader = `${memory} [role=slider]`;
    const told = (): Promise<string> => page.$eval(reader, (element) => element.getAttribute('aria-valuetext') ?? '');
    await page.focus('a.skip');
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      if (await page.$eval(reader, (element) => element === element.ownerDocument.activeElement)) break;
    }
    const last = await told();
    expect(last).toMatch(/^31 Oct 23:00 · RSS/);
    await page.keyboard.press('ArrowLeft');
    expect(await told()).toMatch(/^31 Oct 22:00 · RSS/);
    await page.keyboard.press('Home');
    expect(await told()).toMatch(/^1 Oct 00:00 · RSS/);
    await page.keyboard.press('End');
    expect(await told()).toBe(last);
    await page.keyboard.press('PageDown');
    await page.keyboard.press('+');
    expect(await isZoomed(page, 'memory-over-time')).toBe(true);
    expect(await textOf(page, '[role=status]')).toMatch(/^Shown: /);
    await page.keyboard.press('Escape');
    expect(await isZoomed(page, 'memory-over-time')).toBe(false);
    expect(await stylesOf(page, reader, 'outlineStyle')).toEqual(['solid']);
    await page.close();
  });

  it('zooms by buttons, which need no dragging', async () => {
    const { page } = await showPage(browser, html);
    await page.click(`${memory} .tools summary`);
    const press = async (text: string): Promise<void> => {
      for (const button of await page.$$(`${memory} .tools button`))
        if ((await button.evaluate((each) => each.textContent)) === text) await button.click();
    };
    const span = (): Promise<string> => textOf(page, '[role=status]');
    await press('Zoom in');
    const middle = await span();
    await press('Earlier');
    const earlier = await span();
    expect(earlier).not.toBe(middle);
    await press('Later');
    expect(await span()).toBe(middle);
    await press('Zoom out');
    expect(await isZoomed(page, 'memory-over-time')).toBe(false);
    await page.close();
  });

  it('keeps a chart in its place under the finger while its values are told', async () => {
    const { page } = await showPage(browser, html, { width: 390, height: 800, touch: true });
    const { x, y, width, height } = await boxOf(page, `${memory} svg.narrow`);
    await page.touchscreen.tap(x + width / 2, y + height / 2);
    expect(await textOf(page, `${memory} .hover`)).toMatch(/RSS/);
    expect((await (await page.$(`${memory} svg.narrow`))?.boundingBox())?.y).toBe(y);
    await page.close();
  });

  it('zooms into a span that a finger draws sideways', async () => {
    const { page } = await showPage(browser, html, { width: 390, height: 800, touch: true });
    const { x, y, width, height } = await boxOf(page, `${memory} svg.narrow`);
    await page.touchscreen.touchStart(x + width * 0.3, y + height / 2);
    for (let i = 1; i <= 10; i++) await page.touchscreen.touchMove(x + width * (0.3 + i * 0.03), y + height / 2);
    await page.touchscreen.touchEnd();
    expect(await isZoomed(page, 'memory-over-time')).toBe(true);
    expect(await textOf(page, '[role=status]')).toMatch(/^Shown: /);
    await page.close();
  });

  it('leaves a finger to scroll the page, and reads where it touched', async () => {
    const { page } = await showPage(browser, html, { width: 390, height: 800, touch: true });
    const { x, y, width, height } = await boxOf(page, `${memory} svg.narrow`);
    await page.touchscreen.tap(x + width / 2, y + height / 2);
    expect(await textOf(page, `${memory} .hover`)).toMatch(/RSS/);
    const before = Number(await page.evaluate('scrollY'));
    await page.touchscreen.touchStart(x + width / 2, y + height / 2);
    for (let i = 1; i <= 12; i++) await page.touchscreen.touchMove(x + width / 2, y + height / 2 - i * 25);
    await page.touchscreen.touchEnd();
    await page.waitForFunction(`scrollY > ${before + 200}`);
    expect(await page.$$('svg.zoomed')).toHaveLength(0);
    await page.close();
  });

  it('hides a line with its label, and shows it again', async () => {
    const { page } = await showPage(browser, html);
    await page.click(`${memory} .tools summary`);
    const toggle = (await page.$$(`${memory} button.toggle`))[0];
    const shown = async (): Promise<boolean[]> =>
      (await stylesOf(page, `${memory} svg.wide .rss`, 'display')).map((display) => display !== 'none');
    expect(await toggle?.evaluate((button) => [button.textContent, button.getAttribute('aria-pressed')])).toEqual(['RSS 11.6 GiB', 'true']);
    expect(new Set(await shown())).toEqual(new Set([true]));
    await toggle?.click();
    expect(new Set(await shown())).toEqual(new Set([false]));
    expect(await toggle?.evaluate((button) => button.getAttribute('aria-pressed'))).toBe('false');
    await page.focus(`${memory} [role=slider]`);
    await page.keyboard.press('ArrowLeft');
    expect(await textOf(page, `${memory} .hover`)).not.toContain('RSS');
    await toggle?.click();
    expect(new Set(await shown())).toEqual(new Set([true]));
    await page.close();
  });

  it.each([1280, 390])('opens the formula of a line across its table at %i px, within the screen', async (width) => {
    const { page } = await showPage(browser, html, { width, touch: width < 700 });
    await page.click('#budget .below summary');
    const [row = { x: 0, width: 0 }, opened = row] = await page.$$eval(
      '#budget tr:has(+ .below), #budget .below [open] .explanation',
      (all) => all.map((each) => each.getBoundingClientRect()).map(({ x, width }) => ({ x, width })),
    );
    expect(opened.width).toBeGreaterThan(0.8 * Math.min(row.width, width - 32));
    expect(opened.x + opened.width).toBeLessThanOrEqual(Math.min(row.x + row.width, width));
    expect(await page.$$('#budget input')).toHaveLength(0);
    await page.close();
  });

  it('sorts tables without sums, by value and not by text', async () => {
    const { page } = await showPage(browser, html);
    expect(await page.$$('#budget button.sort')).toHaveLength(0);
    const order = (): Promise<string[]> => page.$$eval('#offering-table tbody th', (heads) => heads.map((head) => head.textContent ?? ''));
    const [, byMemory] = await page.$$('#offering-table button.sort');
    await byMemory?.click();
    expect((await order())[0]).toContain('r7g.2xlarge');
    expect(await page.$eval('#offering-table th[aria-sort]', (head) => head.getAttribute('aria-sort'))).toBe('descending');
    await byMemory?.press('Enter');
    expect((await order())[0]).toContain('m7g.xlarge');
    await page.close();
  });

  it('filters long tables only, and says how many rows are left', async () => {
    const row = (name: string): TableCell[] => [{ text: [name] }, { text: ['1'] }];
    const rows = [...Array.from({ length: 30 }, (_, i) => row(`cache-${i}`)), row('sum')];
    const columns = [
      { id: 'a', label: 'Node', align: 'start' as const },
      { id: 'b', label: 'Bytes', align: 'end' as const },
    ];
    const long = {
      ...report,
      sections: [
        ...report.sections,
        { id: 'long', title: 'Long', blocks: [{ type: 'table' as const, id: 'nodes', columns, rows, totals: [30] }] },
      ],
    };
    const { page } = await showPage(browser, await renderHtml(long));
    expect(await page.$$('input[type=search]')).toHaveLength(1);
    await page.type('#nodes input', 'CACHE-2');
    const left = await page.$$eval('#nodes tbody tr', (all) =>
      all.filter((each) => !(each as unknown as { hidden: boolean }).hidden).map((each) => each.textContent),
    );
    expect(left).toHaveLength(11);
    expect(left.some((text) => text?.includes('sum'))).toBe(false);
    expect(await textOf(page, '[role=status]')).toBe('11 rows shown');
    await page.close();
  });

  it('gives every section, chart, finding and figure a link that is seen when the keyboard reaches it', async () => {
    const { page } = await showPage(browser, html);
    const ids = [
      ...report.sections.map(({ id }) => id),
      'memory-over-time',
      'forecast',
      'rss-retained-after-peak',
      'figure-peak',
      'glossary',
    ];
    for (const id of ids) {
      const link = await page.$(`a.anchor[href="#${id}"]`);
      expect(link, id).not.toBeNull();
      await link?.focus();
      // Reached by a program the link is focused, by the keyboard it is also shown.
      await page.keyboard.press('Shift');
      expect(await stylesOf(page, `a.anchor[href="#${id}"]`, 'opacity'), id).toEqual(['1']);
      expect(await page.$(`#${id}`), id).not.toBeNull();
      const box = await link?.boundingBox();
      const part = await (await page.$(`#${id}`))?.boundingBox();
      // Beside its part, and on the page.
      expect(box?.x, id).toBeGreaterThanOrEqual(0);
      expect(Math.abs((box?.x ?? 0) - (part?.x ?? 0)), id).toBeLessThan(40);
      expect((box?.y ?? 0) - (part?.y ?? 0), id).toBeGreaterThanOrEqual(-4);
    }
    await page.close();
  });
});
