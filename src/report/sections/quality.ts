import { sayReading } from '../../locales/reading-words.ts';
import type { Block, Section, Text } from '../blocks.ts';
import { offeringName } from '../offering-names.ts';
import { bytesOrUnknown, cell, column, type Telling, text } from '../telling.ts';
import { periodText } from './memory.ts';

const REJECTIONS_SHOWN = 20;
const GAPS_SHOWN = 20;

/** One line that says how good the evidence is, and what would raise it. */
export function gradeLine(telling: Telling): Text {
  const { node, locale, format } = telling;
  const words = locale.report.quality;
  const { quality } = node;
  const interval = quality.intervalSeconds === undefined ? undefined : format.duration(quality.intervalSeconds);
  const facts = [
    words.gradeText.samples(
      words.gradeText.sampleCount(quality.samples, format.number(quality.samples)),
      format.duration(quality.spanSeconds),
      interval,
    ),
    words.gradeText.gaps(quality.gapCount, format.number(quality.gapCount), format.duration(quality.gapSeconds)),
    words.gradeText.restarts(quality.restarts.length, format.number(quality.restarts.length)),
  ];
  return text({ strong: words.grade(quality.grade, `${facts.join(', ')}.`) }, raiseText(telling));
}

const BETTER = { D: 'C', C: 'B', B: 'A' } as const;

/** What lifts the grade by one, and what else it takes for an A. */
function raiseText({ node, locale, format }: Telling): string {
  const words = locale.report.quality;
  const { grade, reasons } = node.quality;
  if (grade === 'A' || reasons.length === 0) return '';
  const next = BETTER[grade];
  const wanted = (to: 'A' | 'B' | 'C') =>
    reasons.filter(({ caps = grade }) => caps > to).map(({ id, needs }) => words.reason[id](format, needs?.[to]));
  const first = wanted(next);
  const rest = next === 'A' ? [] : wanted('A').filter((each) => !first.includes(each));
  return ` ${words.raise(next, format.list(first))}${rest.length === 0 ? '' : ` ${words.raiseFurther(format.list(rest))}`}`;
}

/** Place of a word in the glossary. */
function termId(term: string): string {
  return `term-${term.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}`;
}

/** Data quality: what was read and how well, the facts of the server, the settings, the method in short and the glossary. */
export function qualitySection(telling: Telling): Section {
  const { analysis, locale, format, anchor } = telling;
  const words = locale.report.quality;
  const blocks: Block[] = [{ type: 'paragraph', text: gradeLine(telling) }];

  blocks.push({
    type: 'table',
    id: anchor('inputs'),
    caption: words.inputsCaption,
    columns: [
      column('input', words.inputsHead.input),
      column('kind', words.inputsHead.kind),
      column('samples', words.inputsHead.samples, 'end'),
      column('rejected', words.inputsHead.rejected, 'end'),
    ],
    rows: analysis.inputs
      .slice(0, 50)
      .map((input) => [
        cell(input.input),
        cell(kindText(telling, input)),
        cell(format.number(input.samples), input.samples),
        cell(format.number(input.rejectedRows), input.rejectedRows, input.rejectedRows > 0 ? { tone: 'warning' } : {}),
      ]),
    dense: true,
  });
  const rejections = analysis.inputs.flatMap((input) =>
    input.rejections.map((rejection) => words.rejection(input.input, String(rejection.line), sayReading(locale.reading, rejection.reason))),
  );
  if (rejections.length > 0) {
    blocks.push({ type: 'paragraph', text: text(words.rejectionsIntro), small: true });
    blocks.push({ type: 'list', ordered: false, items: rejections.slice(0, REJECTIONS_SHOWN).map((line) => text({ code: line })) });
  }
  const notes = [...new Set(analysis.inputs.flatMap((input) => input.notes))];
  if (notes.length > 0) {
    blocks.push({ type: 'paragraph', text: text(words.notesIntro), small: true });
    blocks.push({
      type: 'list',
      ordered: false,
      items: notes.slice(0, REJECTIONS_SHOWN).map((note) => text(sayReading(locale.reading, note))),
    });
  }

  blocks.push(...gapReasons(telling));

  blocks.push({
    type: 'table',
    id: anchor('facts'),
    columns: [column('fact', words.factsHead.fact), column('value', words.factsHead.value)],
    rows: facts(telling).map(([fact, value]) => [cell(fact), cell(value)]),
    dense: true,
  });
  blocks.push({ type: 'heading', id: anchor('method'), level: 3, text: words.methodIntro });
  blocks.push({ type: 'list', ordered: false, items: words.method.map((sentence) => text(sentence)) });
  blocks.push({ type: 'heading', id: anchor('how-to-read'), level: 3, text: locale.lessons.howToRead.title }, ...readingBlocks(telling));
  return { id: anchor('quality'), title: words.title, blocks };
}

/** How to read a report, and its glossary with `more` words at the end. */
export function readingBlocks({ locale, anchor }: Telling, more: Telling['locale']['report']['quality']['glossary'] = []): Block[] {
  const words = locale.report.quality;
  const terms = [...words.glossary, ...more];
  return [
    { type: 'list', ordered: false, items: locale.lessons.howToRead.items.map((sentence) => text(sentence)) },
    { type: 'heading', id: anchor('glossary'), level: 3, text: words.glossaryIntro },
    {
      type: 'definitions',
      items: terms.map(([term, meaning, forms = [term]]) => ({ term, text: text(meaning), id: anchor(termId(term)), forms })),
    },
  ];
}

/** What the input was taken for; of a table how it was read, after the name of its form. */
function kindText({ locale }: Telling, { inputKind, dialect }: Telling['analysis']['inputs'][number]): string {
  const { inputKind: kinds, ownColumns } = locale.report.quality;
  const kind = kinds[inputKind] ?? inputKind;
  return dialect === undefined ? kind : `${kind}, ${dialect.replace(/^ours-wide\b/, ownColumns)}`;
}

/** The longest gaps whose reason the collector noted, in time order. */
function gapReasons({ node, locale, format }: Telling): Block[] {
  const words = locale.report.quality;
  const known = node.quality.gaps.filter(({ reasons }) => reasons !== undefined);
  if (known.length === 0) return [];
  const longest = known.toSorted((a, b) => b.toAt - b.fromAt - (a.toAt - a.fromAt)).slice(0, GAPS_SHOWN);
  const items = longest
    .toSorted((a, b) => a.fromAt - b.fromAt)
    .map(({ fromAt, toAt, reasons = [] }) =>
      text(
        words.gapLine(
          format.dateTime(fromAt),
          format.duration((toAt - fromAt) / 1000),
          format.list(reasons.map((reason) => words.gapReason[reason] ?? reason)),
        ),
      ),
    );
  return [
    { type: 'paragraph', text: text(words.gapsIntro), small: true },
    { type: 'list', ordered: false, items },
  ];
}

function facts(telling: Telling): [string, string][] {
  const { analysis, node, locale, format } = telling;
  const words = locale.report.quality;
  const { quality } = node;
  const rows: [string, string][] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) rows.push([name, value]);
  };
  const unknown = locale.report.unknown;
  add(words.facts.engine, node.engine.version === undefined ? node.engine.name : `${node.engine.name} ${node.engine.version}`);
  add(words.facts.allocator, node.allocator ?? unknown);
  add(words.facts.role, node.role);
  add(words.facts.policy, node.maxmemoryPolicy);
  add(words.facts.period, periodText(telling, quality));
  add(words.facts.interval, quality.intervalSeconds === undefined ? unknown : format.duration(quality.intervalSeconds));
  add(words.facts.gaps, words.gradeText.gaps(quality.gapCount, format.number(quality.gapCount), format.duration(quality.gapSeconds)));
  add(words.facts.duplicates, format.number(quality.duplicates));
  if (quality.outOfOrder > 0) add(words.facts.outOfOrder, format.number(quality.outOfOrder));
  add(
    words.facts.restarts,
    quality.restarts.length === 0
      ? locale.report.none
      : format.list(quality.restarts.slice(0, 6).map((restart) => format.dateTime(restart.at))),
  );
  if (quality.statResets.length > 0)
    add(words.facts.statResets, format.list(quality.statResets.slice(0, 6).map((reset) => format.dateTime(reset.at))));
  if (quality.wrappedIntegers > 0) add(words.facts.wrapped, format.number(quality.wrappedIntegers));
  if (quality.averaged) add(words.facts.averaged, words.averagedYes);
  add(words.facts.machine, `${bytesOrUnknown(telling, node.systemMemory.totalBytes)}, ${words.machineSource[node.systemMemory.source]}`);
  const { aofEnabled, forks } = node.persistence;
  add(
    words.facts.saving,
    [
      ...(aofEnabled === undefined ? [] : [words.appendOnly[aofEnabled ? 'on' : 'off']]),
      words.forks(forks.length, format.number(forks.length)),
    ].join(', '),
  );
  add(words.facts.target, format.percent(node.systemMemory.targetRatio));
  const [asked, ahead] = [analysis.settings.horizonDays, node.forecast.status === 'ok' ? node.forecast.horizonDays : undefined];
  add(
    words.facts.horizon,
    ahead === undefined || ahead === asked ? format.days(asked) : words.horizonUsed(format.days(asked), format.days(ahead)),
  );
  const { recommended, alternatives } = node.provisioning.instance;
  const named = new Set([recommended, ...alternatives].map((choice) => choice?.offering));
  const catalogs = Object.entries(analysis.settings.catalogDates)
    .filter(([offering]) => named.has(offering))
    .map(([offering, date]) => `${offeringName(offering)} ${date}`);
  if (catalogs.length > 0) add(words.facts.catalogs, catalogs.join(', '));
  return rows;
}
