import type { Block, Report, Text } from '../report/blocks.ts';

/**
 * The report with each word of its glossary linked to the meaning where a sentence first uses it: in summary, paragraphs, lists, lessons and
 * findings, outside the section that holds the glossary. A report without one stays as it is.
 */
export function linkGlossary(report: Report): Report {
  const open = new Map<string, string>();
  const isGlossary = (block: Block): boolean => block.type === 'definitions' && block.items.some(({ forms }) => forms !== undefined);
  for (const block of report.sections.flatMap(({ blocks }) => blocks.filter(isGlossary))) {
    if (block.type !== 'definitions') continue;
    for (const { id, forms = [] } of block.items) if (id !== undefined) for (const form of forms) open.set(form.toLowerCase(), id);
  }
  if (open.size === 0) return report;
  const link = (text: Text): Text => text.flatMap((run) => (typeof run === 'string' ? linkRun(run, open) : [run]));
  const inBlock = (block: Block): Block => {
    switch (block.type) {
      // Small print lists names; a word there is not used to say something.
      case 'paragraph':
        return block.small === true ? block : { ...block, text: link(block.text) };
      case 'lesson':
        return { ...block, text: link(block.text) };
      case 'list':
        return { ...block, items: block.items.map(link) };
      case 'finding':
        return { ...block, body: link(block.body) };
      default:
        return block;
    }
  };
  // In the order of the page: summary, first page, sections.
  const cover = { ...report.cover, summary: link(report.cover.summary) };
  const first = report.first.map(inBlock);
  const sections = report.sections.map((section) =>
    section.blocks.some(isGlossary) ? section : { ...section, blocks: section.blocks.map(inBlock) },
  );
  return { ...report, cover, first, sections };
}

function linkRun(run: string, open: Map<string, string>): Text {
  if (open.size === 0) return [run];
  // Longest first, so that "active defragmentation" is not taken for "fragmentation"; whole words only.
  const forms = [...open.keys()].sort((a, b) => b.length - a.length).map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const found = new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${forms.join('|')})(?![\\p{L}\\p{N}_-])`, 'iu').exec(run);
  const id = found === null ? undefined : open.get(found[0].toLowerCase());
  if (found === null || id === undefined) return [run];
  for (const [form, owner] of open) if (owner === id) open.delete(form);
  const after = run.slice(found.index + found[0].length);
  const before = run.slice(0, found.index);
  return [...(before === '' ? [] : [before]), { link: `#${id}`, text: found[0] }, ...(after === '' ? [] : linkRun(after, open))];
}
