import { describe, expect, it } from 'vitest';
import { RENDERERS, render } from '../../src/render/index.ts';
import { report } from '../helpers/report.ts';

describe('RENDERERS', () => {
  it('have ids and extensions of their own', () => {
    expect(new Set(RENDERERS.map((renderer) => renderer.id)).size).toBe(RENDERERS.length);
    expect(new Set(RENDERERS.map((renderer) => renderer.extension)).size).toBe(RENDERERS.length);
  });

  it.each(RENDERERS.filter((renderer) => renderer.id !== 'pdf'))(
    '$id says the verdict, the subject and every section',
    async (renderer) => {
      const text = String(await renderer.render(report));
      expect(text).toContain(report.cover.verdict);
      for (const section of report.sections) expect(text).toContain(section.title);
    },
  );

  it('are chosen by name, and an unknown name is told what there is', async () => {
    expect(await render(report, 'md')).toContain('# Memory capacity report');
    await expect(render(report, 'docx' as 'md')).rejects.toThrow('--format: "docx" cannot be used. Expected one of html, pdf, md, jira.');
  });
});
