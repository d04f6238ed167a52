import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/render/html.ts';
import type { Report } from '../../src/report/blocks.ts';
import { report } from '../helpers/report.ts';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'templates-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

/** A folder with these files. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(base, 'own-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** With one of the blocks that only few reports have, so that every partial is drawn. */
const whole: Report = {
  ...report,
  sections: [
    ...report.sections,
    {
      id: 'rare',
      title: 'Rare',
      blocks: [
        { type: 'lesson', id: 'lesson', title: 'Lesson', text: ['Text'] },
        {
          type: 'explanations',
          id: 'how',
          title: 'How',
          items: [{ id: 'a', term: 'A', explanation: { why: ['Because'], inputs: [{ meaning: 'm' }] } }],
        },
      ],
    },
  ],
};

const draw = async (files: Readonly<Record<string, string>>): Promise<string> =>
  renderHtml(whole, { templateFolder: await folderOf(files) });

describe('own templates', () => {
  it('take the place of the partial of the same name, and of no other', async () => {
    const html = await draw({ 'partials/finding.hbs': '<aside class="mine">{{title}}</aside>' });
    expect(html).toContain('<aside class="mine">');
    expect(html).not.toContain('<article class="block finding');
    expect(html).toContain('<header class="cover">');
  });

  it('may use partials of their own', async () => {
    const html = await draw({
      'partials/cover.hbs': '<header>{{> our-line text=report.cover.verdict}}</header>',
      'partials/our-line.hbs': '<b>{{text}}</b>',
    });
    expect(html).toContain(`<header><b>${report.cover.verdict}</b></header>`);
  });

  it('take the place of every file of ours that is text', async () => {
    const ours = join(import.meta.dirname, '..', '..', 'templates');
    const names = (await readdir(ours, { recursive: true })).filter((name) => /\.(hbs|css|js)$/.test(name));
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      const text = name.endsWith('.hbs') ? `<i>${name}</i>` : `/* own ${name} */`;
      expect(await draw({ [name]: text })).toContain(text);
    }
  });

  it('add style after ours, and the policy allows exactly what the page then carries', async () => {
    const html = await draw({ 'extra.css': '.cover { border-top: 6px solid #7a1fa2 }', 'report.js': 'document.title += "!";' });
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#x27;', "'").replaceAll('&#x3D;', '=');
    const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
    expect(style.indexOf('#7a1fa2')).toBeGreaterThan(style.indexOf('.strip {'));
    expect(policy).toContain(`style-src 'sha256-${hash(style)}'`);
    expect(policy).toContain(`script-src 'sha256-${hash('document.title += "!";')}'`);
  });

  it('leave pages that are drawn without them as they were', async () => {
    const before = await renderHtml(report);
    await draw({ 'partials/cover.hbs': 'other' });
    expect(await renderHtml(report)).toBe(before);
  });

  it.each([
    [
      'a name that is none',
      { 'partials/covers/x.hbs': '' },
      /covers[\\/]x\.hbs" cannot be used\. Expected report\.hbs, palette\.css.*partials\/cover\.hbs/,
    ],
    ['a file of another kind', { 'logo.png': 'x' }, /logo\.png" cannot be used\. Expected report\.hbs/],
    ['nothing in it', {}, /Expected a folder with some of report\.hbs/],
    [
      'a template that cannot be parsed',
      { 'partials/cover.hbs': '{{#if x}}' },
      /--template: .*Expected templates that Handlebars can draw \(Parse error/,
    ],
    ['a partial that is nowhere', { 'partials/cover.hbs': '{{> nowhere}}' }, /\(The partial nowhere could not be found\)/],
    ['a helper that is nowhere', { 'report.hbs': '{{nowhere 1}}' }, /\(Missing helper: "nowhere"\)/],
  ])('are refused with %s', async (_, files, message) => {
    await expect(draw(files as Record<string, string>)).rejects.toThrow(message);
  });

  it('are refused where there is no folder', async () => {
    await expect(renderHtml(report, { templateFolder: join(base, 'none') })).rejects.toThrow(
      /none" cannot be used\. Expected a folder with templates/,
    );
  });
});

describe('a logo', () => {
  it('stands in the head of the page, as data', async () => {
    const html = await renderHtml(report, { logo: 'data:image/png;base64,AAAA' });
    expect(html).toContain('<img class="logo" src="data:image/png;base64,AAAA" alt="">');
  });
});
