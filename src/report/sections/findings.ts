import type { Finding } from '../../model/analysis.ts';
import type { Block, FindingBlock, Section, Tone } from '../blocks.ts';
import { type Telling, text } from '../telling.ts';

const TONE = { critical: 'critical', warning: 'warning', info: 'info' } as const satisfies Record<Finding['severity'], Tone>;

/** Every raised finding with its evidence and commands, then what was clear and what could not be judged. */
export function findingsSection(telling: Telling): Section {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.findings;
  const titles = (verdict: Finding['verdict']): string =>
    format.list(node.findings.filter((finding) => finding.verdict === verdict).map((finding) => locale.findings[finding.id].name));
  const raised = node.findings.filter((finding) => finding.verdict === 'raised');
  const blocks: Block[] =
    raised.length === 0 ? [{ type: 'paragraph', text: text(words.none) }] : raised.map((finding) => findingBlock(telling, finding));
  const clear = titles('clear');
  const notEnough = titles('not-enough-data');
  const errors = titles('error');
  if (clear !== '') blocks.push({ type: 'paragraph', text: text(words.clear(clear)), small: true });
  if (notEnough !== '') blocks.push({ type: 'paragraph', text: text(words.notEnough(notEnough)), small: true });
  if (errors !== '') blocks.push({ type: 'paragraph', text: text(words.error(errors)), tone: 'warning' });
  return { id: anchor('findings'), title: words.title, blocks };
}

function findingBlock({ node, locale, format, anchor }: Telling, finding: Finding): FindingBlock {
  // What a step says already is not said twice.
  const isTold = node.actions.some(({ commands }) => finding.commands.every((command) => commands.includes(command)));
  const words = locale.findings[finding.id];
  return {
    type: 'finding',
    id: anchor(`finding-${finding.id}`),
    tone: TONE[finding.severity],
    severityLabel: locale.report.findings.severity[finding.severity],
    title: words.title(finding.evidence, format),
    body: text(words.body(finding.evidence, format)),
    evidence: [],
    commands: isTold ? [] : finding.commands,
  };
}
