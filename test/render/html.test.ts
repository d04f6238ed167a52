import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/render/html.ts';
import type { Block, Report } from '../../src/report/blocks.ts';
import { buildReport } from '../../src/report/index.ts';
import { HOSTILE, soilReport } from '../helpers/hostile.ts';
import { panels, report } from '../helpers/report.ts';
import { analyzeSample } from '../helpers/sample-analysis.ts';

/** The page of a report that has only these blocks, without style and script. */
async function bodyOf(...blocks: readonly Block[]): Promise<string> {
  const html = await renderHtml({ ...report, first: [], sections: [{ id: 's', title: 'Section', blocks }] });
  return /<section id="s"[\s\S]*?<\/section>/.exec(html)?.[0].replace(/\s+/g, ' ') ?? '';
}

const only = (type: Block['type']): Block =>
  [...report.first, ...report.sections.flatMap((section) => section.blocks)].find((block) => block.type === type) as Block;

describe('renderHtml', () => {
  it('is one file that refers to nothing outside and loads nothing', async () => {
    const html = await renderHtml(report);
    const outside = [...html.matchAll(/(?:src|href|srcset|action|poster|data)=["']([^"']*)["']/g)]
      .map((match) => match[1])
      .filter((target) => !target?.startsWith('#'));
    expect(outside).toEqual(['https://example.org/methodology']);
    expect([...html.matchAll(/url\(([^)]{0,30})/g)].every((match) => /^data:font\/woff2|^#/.test(match[1] ?? ''))).toBe(true);
    expect(/@import|<link|<iframe|<object|<img/.test(html)).toBe(false);
  });

  it('allows exactly the style and the script that it carries', async () => {
    const html = await renderHtml(report);
    const hash = (content: string | undefined): string =>
      createHash('sha256')
        .update(content ?? '')
        .digest('base64');
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1];
    const script = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1];
    // An attribute's text: base64 has characters that the template escapes.
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#x27;', "'").replaceAll('&#x3D;', '=');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${hash(style)}'`);
    expect(policy).toContain(`script-src 'sha256-${hash(script)}'`);
    expect(policy).not.toContain('unsafe');
    expect(/ style="| on[a-z]+="/.test(html)).toBe(false);
  });

  it('names its language, has a skip link, one main landmark and one first heading', async () => {
    const html = await renderHtml({ ...report, language: 'pt-BR' });
    expect(html).toContain('<html lang="pt-BR">');
    expect(html).toContain('<a class="skip" href="#report">');
    expect(html.match(/<main /g)).toHaveLength(1);
    expect(html.match(/<h1>/g)).toHaveLength(1);
  });

  it('repeats no id', async () => {
    const html = await renderHtml(report);
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] as string);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it('resolves every link into the page', async () => {
    const html = await renderHtml(report);
    const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]));
    const broken = [...html.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]).filter((id) => !ids.has(id));
    expect(broken).toEqual([]);
  });

  it('repeats no id and leaves no link dead where several nodes are told in short', async () => {
    const [analysis, other] = [await analyzeSample('fragmentation'), await analyzeSample('cache-at-maxmemory')];
    const html = await renderHtml(buildReport({ ...analysis, nodes: [...analysis.nodes, ...other.nodes] }));
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] as string);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect([...html.matchAll(/href="#([^"]*)"/g)].map((match) => match[1] as string).filter((id) => !ids.includes(id))).toEqual([]);
    expect(html).toContain('<a href="#n1-first-chart">');
    // The contents name the nodes; the sections of each are read under its name.
    const contents = /<nav class="contents"[\s\S]*?<\/nav>/.exec(html)?.[0] ?? '';
    expect([...contents.matchAll(/<li>/g)]).toHaveLength(2);
    expect(html).toContain('<section id="n1-findings" aria-labelledby="n1-node-title n1-findings-title">');
  });

  it('writes a link to a part that it does not have as plain text', async () => {
    expect(await bodyOf({ type: 'paragraph', text: [{ link: '#nowhere', text: 'there' }] })).toContain('<p class="block text">there</p>');
  });

  it('stays well under its size', async () => {
    expect((await renderHtml(report)).length).toBeLessThan(600_000);
  });

  it('carries one script, which stays small', async () => {
    const scripts = [...(await renderHtml(report)).matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1] as string);
    expect(scripts).toHaveLength(1);
    expect(scripts[0]?.length).toBeLessThan(22_000);
  });

  it('gives the same page for the same report', async () => {
    expect((await renderHtml(report)) === (await renderHtml(structuredClone(report)))).toBe(true);
  });

  it('carries another alphabet of the font only where the text needs it', async () => {
    const fonts = (html: string): number => html.match(/@font-face/g)?.length ?? 0;
    const latin = fonts(await renderHtml(report));
    const polish = await renderHtml({ ...report, cover: { ...report.cover, subject: 'zamówienia-główne' } });
    expect(fonts(polish)).toBe(latin + 1);
  });

  it.each([
    ['a4', 'size: A4'],
    ['letter', 'size: letter'],
  ] as const)('prints on %s', async (paper, rule) => {
    expect(await renderHtml(report, { paper })).toContain(rule);
  });

  it('dates the page only when it knows the date', async () => {
    expect(await renderHtml(report, { generatedAt: Date.UTC(2026, 0, 2) })).toContain(
      '<meta name="date" content="2026-01-02T00:00:00.000Z">',
    );
    expect(await renderHtml({ ...report, generatedAt: undefined })).not.toContain('<meta name="date"');
  });

  it.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))('shows %j as text wherever it stands', async (_, hostile) => {
    const clean = await renderHtml(report);
    const html = await renderHtml(soilReport(report, hostile));
    const tags = (page: string): string[] =>
      [...page.replace(/<style>[\s\S]*?<\/style>/, '').matchAll(/<(script|style|img|iframe|article|table|section|header)\b/g)].map(
        (match) => match[1] as string,
      );
    expect(tags(html)).toEqual(tags(clean));
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(/<[^>]*\son(mouseover|focus|error)=/.test(html.replace(/"[^"]*"/g, '""'))).toBe(false);
    expect(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(html.replaceAll('\n', ''))).toBe(false);
    expect(/(href|src)="javascript:/.test(html)).toBe(false);
    expect(html.isWellFormed()).toBe(true);
  });

  it('keeps a hostile title inside the string of the running header', async () => {
    const html = await renderHtml({ ...report, documentTitle: '"; } body { display: none } </style> \\' });
    const rule = /@top-right \{ content: ("(?:[^"\\]|\\.)*");/.exec(html)?.[1];
    expect(rule).toBe('"\\22 \\3b  \\7d  body \\7b  display: none \\7d  \\3c \\2f style\\3e  \\5c "');
  });

  it('writes a template expression of a name as it is', async () => {
    expect(await bodyOf({ type: 'paragraph', text: ['{{words.copy}}'] })).toContain('{{words.copy}}');
  });
});

describe('the partial of', () => {
  it('a heading keeps its level and anchor', async () => {
    expect(await bodyOf({ type: 'heading', id: 'deep', level: 3, text: 'Deep' })).toMatch(
      /<div class="block titled" id="deep"><h3>Deep<\/h3><a class="anchor" hidden href="#deep"/,
    );
    expect(await bodyOf({ type: 'heading', id: 'top', level: 2, text: 'Top' })).toMatch(
      /<div class="block titled" id="top"><h2>Top<\/h2><a class="anchor" hidden href="#top"/,
    );
  });

  it('a paragraph writes code, strong text and links, and drops a link that leads nowhere good', async () => {
    const html = await bodyOf({
      type: 'paragraph',
      text: ['a ', { code: 'b' }, { strong: 'c' }, { link: '#s', text: 'd' }, { link: 'javascript:x', text: 'e' }],
    });
    expect(html).toContain('<p class="block text">a <code>b</code><strong>c</strong><a href="#s">d</a>e</p>');
  });

  it('a paragraph with a tone stands in a box of that tone', async () => {
    expect(await bodyOf({ type: 'paragraph', tone: 'warning', text: ['careful'] })).toContain(
      '<div class="block note-box tone-warning"><p class="words">careful</p></div>',
    );
  });

  it('a list is ordered or not', async () => {
    expect(await bodyOf({ type: 'list', ordered: true, items: [['a'], ['b']] })).toMatch(
      /<ol class="block"> <li>a<\/li> <li>b<\/li> <\/ol>/,
    );
    expect(await bodyOf({ type: 'list', ordered: false, items: [['a']] })).toMatch(/<ul class="block"> <li>a<\/li> <\/ul>/);
  });

  it('figures links each value to what explains it and shows a tone by a shape', async () => {
    const html = await renderHtml(report);
    expect(html).toContain('<a href="#memory-over-time">11.4 GiB</a>');
    expect(html).toMatch(
      /<dd class="value tone-critical short"><svg class="mark"[^>]*aria-hidden="true"><path[^>]*\/><\/svg><a href="#system-ratio">87 %<\/a>/,
    );
  });

  it('a table aligns numbers, puts units in the head, marks totals and heads its rows', async () => {
    const html = await bodyOf(only('table'));
    expect(html).toContain('<th scope="col" class="end">Memory <span class="unit">GiB</span></th>');
    expect(html).toContain('<th scope="row" class="short">Present peak</th><td class="end short" data-sort="11.4">11.4</td>');
    expect(html.match(/<tr class="total">/g)).toHaveLength(2);
  });

  it('a table draws a share as a bar of that width', async () => {
    const html = await bodyOf({
      type: 'table',
      id: 't',
      columns: [{ id: 'a', label: 'A', align: 'end' }],
      rows: [[{ text: ['44'], bar: 0.44 }], [{ text: ['140'], bar: 1.4 }]],
    });
    expect(html).toMatch(/<rect class="fill" fill="#7f9fd6" width="44" height="6"\/>/);
    expect(html).toMatch(/<rect class="fill" fill="#7f9fd6" width="100" height="6"\/>/);
  });

  it('a waterfall and the table after it become a pair, with the key of the basis marks', async () => {
    const section = report.sections.find((each) => each.id === 'budget-section') as Report['sections'][number];
    const html = await bodyOf(...section.blocks);
    expect(html).toMatch(/<div class="block pair"> ?<figure/);
    expect(html).toMatch(/<ul class="basis-key">.*measured.*derived.*assumed.*<\/ul>/);
  });

  it('a figure opens to why, formula, inputs with their numbers, basis and source', async () => {
    const html = (await renderHtml(report)).replace(/\s+/g, ' ');
    expect(html).toMatch(
      /<details class="block explanations" id="explain-figures"> <summary>How these figures were found<\/summary> <div class="item" id="explain-peak"> <p class="term">Peak used: <strong>11.4 GiB<\/strong>/,
    );
    expect(html).toContain('<li><code>U</code> used memory: <strong>11.4 GiB</strong></li><li>samples: <strong>44,640</strong></li>');
    expect(html).toContain('<dt>Source</dt><dd>docs/methodology.md, <a href="#memory-over-time">the chart</a></dd>');
  });

  it('a cell opens to what its row does not tell', async () => {
    expect(await bodyOf(only('table'))).toMatch(
      /<details class="more"><summary><span class="short">5 %<\/span> of the sum<\/summary><div class="explanation"> <p>It is needed.<\/p> <ul><li><code>U<\/code> used memory<\/li><\/ul> <\/div> <\/details>/,
    );
  });

  it('a lesson is a note with a title', async () => {
    expect(await bodyOf(only('lesson'))).toMatch(
      /<div class="block lesson" role="note" id="lesson-stays" aria-labelledby="lesson-stays-title">/,
    );
  });

  it('commands and findings give each command a line of its own', async () => {
    const html = await renderHtml(report);
    expect(html).toContain('<pre data-copy><code>CONFIG SET maxmemory 14495514624\nCONFIG REWRITE</code></pre>');
    expect(html).toContain('<pre data-copy><code>CONFIG SET maxmemory 9663676416\nCONFIG REWRITE</code></pre>');
  });

  it('a finding names its severity beside its shape', async () => {
    expect(await bodyOf(only('finding'))).toMatch(
      /<p class="severity tone-info"><svg.*<\/svg>Note<\/p> <div class="titled"><h3>RSS kept the memory of the last peak<\/h3>/,
    );
  });

  it('actions numbers the steps', async () => {
    expect(await bodyOf(only('actions'))).toMatch(
      /<td class="n" role="cell">1<\/td>.*<td class="n" role="cell">2<\/td>.*<td class="n" role="cell">3<\/td>/,
    );
  });

  it('definitions gives terms their anchors', async () => {
    expect(await bodyOf(only('definitions'))).toContain('<dt id="term-rss">RSS</dt>');
  });

  it('panels lead to what each is of, and name the one that stands out beside its shape', async () => {
    const [hottest, ...others] = panels.panels.map((panel, i) => (i === 0 ? { ...panel, href: '#s' } : panel));
    if (hottest === undefined) throw new Error('no panel');
    const html = await bodyOf({ ...panels, panels: [hottest, ...others] });
    expect(html).toMatch(/<ul class="panels of2"> ?<li> ?<p class="panel-name"><a href="#s">orders-2:6379<\/a><\/p>/);
    expect(html).toMatch(/<strong>Peak 11.4 GiB<\/strong> <span class="panel-emphasis"><svg class="mark".*?<\/svg>hottest<\/span>/);
    expect(html).toMatch(/<p class="panel-status tone-critical"><svg.*?<\/svg>ACTION NEEDED<\/p>/);
    expect(html).toContain('<p class="panel-name">orders-1:6379</p>');
    expect(html.match(/role="img"/g)).toHaveLength(2);
  });

  it.each([
    [1, 'of1'],
    [2, 'of2'],
    [3, 'of3'],
    [4, 'of4'],
    [6, 'of3'],
    [16, 'of4'],
    [24, 'of4'],
  ])('%i panels stand in rows of four at most', async (count, name) => {
    const [first] = panels.panels;
    if (first === undefined) throw new Error('no panel');
    expect(await bodyOf({ ...panels, panels: Array.from({ length: count }, () => first) })).toContain(`<ul class="panels ${name}">`);
  });

  it('a chart carries both drawings and its caption; the narrow one is hidden where the style was taken away', async () => {
    const html = await bodyOf(only('chart'));
    expect(html).toContain('class="chart wide"');
    expect(html).toContain('class="chart narrow"');
    expect(html).toContain(
      '<p class="chart-caption">Local time, America/Sao_Paulo. Hatched: no samples (<span class="short">9 h</span>).</p>',
    );
    expect(html).toContain('<div class="for-narrow" hidden>');
  });
});
