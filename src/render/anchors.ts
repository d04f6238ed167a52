import type { Block, Report } from '../report/blocks.ts';
import { anchorOf } from './clean-text.ts';

/** Every place of the page that a link in it may lead to. What a fleet tells in short lacks sections that the same words link to elsewhere. */
export function anchorsOf(report: Report): ReadonlySet<string> {
  const blocks = [...report.first, ...report.sections.flatMap((section) => section.blocks)];
  return new Set(['report', 'contents', ...[...report.sections.map(({ id }) => id), ...blocks.flatMap(idsOf)].map(anchorOf)]);
}

function idsOf(block: Block): readonly string[] {
  switch (block.type) {
    case 'definitions':
      return block.items.flatMap(({ id }) => id ?? []);
    case 'explanations':
      return [block.id, ...block.items.map(({ id }) => id)];
    case 'figures':
      return block.figures.map(({ id }) => `figure-${id}`);
    default:
      return 'id' in block ? [block.id] : [];
  }
}
