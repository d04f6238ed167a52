import type { InstanceChoice } from '../../model/analysis.ts';
import type { Block, Section, TableCell } from '../blocks.ts';
import { offeringName } from '../offering-names.ts';
import { bytesOrUnknown, cell, column, type Telling, text } from '../telling.ts';

/** What to buy: the entries that hold the node, smallest first, how full each would be, and why the next smaller ones fail. */
export function instancesSection(telling: Telling): Section {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.instances;
  const { current, recommended, alternatives, rejected } = node.provisioning.instance;
  const fitting = [
    ...(recommended ? [recommended] : []),
    ...alternatives.filter((choice) => choice.name !== recommended?.name || choice.offering !== recommended.offering),
  ];
  const blocks: Block[] = [];

  if (fitting.length === 0) {
    blocks.push({ type: 'paragraph', text: text(rejected.length > 0 ? words.noneFits : words.none), tone: 'info' });
  } else {
    const bars = fitting.filter((choice) => choice.fillAtHorizon !== undefined).slice(0, 8);
    if (recommended === undefined) blocks.push({ type: 'paragraph', text: text(words.none), tone: 'info' });
    else if (bars.length > 1) {
      blocks.push({
        type: 'chart',
        form: 'bars',
        id: anchor('instance-chart'),
        title: words.chartTitle(recommended.name),
        alt: words.chartAlt(bars.map((choice) => `${choice.name} ${format.percent(choice.fillAtHorizon ?? 0)}`)),
        rows: bars.map((choice) => ({
          label: choice.name,
          now: choice.fillNow ?? choice.fillAtHorizon ?? 0,
          ...(choice.fillNow === undefined || choice.fillAtHorizon === undefined ? {} : { horizon: choice.fillAtHorizon }),
          valueLabel: format.percent(choice.fillAtHorizon ?? 0),
          emphasis: choice === recommended,
        })),
        limit: { value: 1, label: words.limitLabel },
        domain: [0, 1.05],
      });
    }
    const { recommended: limit, current: present = 0 } = node.provisioning.maxmemoryBytes;
    const raised = node.actions.find(({ id }) => id === 'raise-maxmemory')?.values.maxmemoryBytes;
    if (limit !== undefined && typeof raised === 'number' && raised > Math.max(limit, present))
      blocks.push({ type: 'paragraph', text: text(words.sizedFor(format.bytes(limit), format.bytes(raised))), tone: 'info' });
    const isSharded = fitting.some(({ shards }) => shards > 1);
    const regions = [
      ...new Set(fitting.flatMap(({ priceUsdHour, priceRegion }) => (priceUsdHour === undefined ? [] : (priceRegion ?? [])))),
    ];
    blocks.push({
      type: 'table',
      id: anchor('instance-table'),
      caption: words.caption(limit === undefined ? undefined : format.bytes(limit)),
      columns: [
        column('name', words.head.name),
        column('offering', words.head.offering),
        column('memory', words.head.memory, 'end'),
        column('need', words.head.need, 'end'),
        column('usable', words.head.usable, 'end'),
        column('fill', words.head.fill, 'end'),
        ...(isSharded ? [column('shards', words.head.shards, 'end')] : []),
        column('price', words.head.price, 'end'),
      ],
      rows: fitting.map((choice) => [
        cell(
          choice === recommended
            ? text({ strong: choice.name }, ` ${words.recommended}`)
            : choice.name === current?.name
              ? text(choice.name, ` ${words.current}`)
              : choice.name,
        ),
        cell(offeringName(choice.offering, choice.provider)),
        cell(format.bytes(choice.memoryBytes), choice.memoryBytes),
        needCell(telling, choice),
        cell(format.bytes(choice.usableBytes), choice.usableBytes),
        cell(
          choice.fillAtHorizon === undefined ? locale.report.unknown : format.percent(choice.fillAtHorizon),
          choice.fillAtHorizon ?? -1,
          choice.fillAtHorizon === undefined ? {} : { bar: Math.min(1, choice.fillAtHorizon) },
        ),
        ...(isSharded ? [cell(String(choice.shards), choice.shards)] : []),
        cell(
          choice.priceUsdHour === undefined ? words.noPrice : format.price(choice.priceUsdHour * choice.shards),
          choice.priceUsdHour ?? -1,
        ),
      ]),
      note: text([words.needNote, ...(regions.length === 0 ? [] : [words.priceNote(format.list(regions))])].join(' ')),
      dense: true,
    });
  }
  if (rejected.length > 0) {
    blocks.push({
      type: 'table',
      id: anchor('rejected'),
      caption: words.rejectedIntro,
      columns: [
        column('name', words.rejectedHead.name),
        column('reason', words.rejectedHead.reason),
        column('need', words.rejectedHead.need, 'end'),
        column('usable', words.rejectedHead.usable, 'end'),
      ],
      rows: rejected
        .slice(0, 6)
        .map((entry) => [
          cell(`${entry.name} (${offeringName(entry.offering, entry.provider)})`),
          cell(words.reason[entry.reason] ?? entry.reason),
          cell(bytesOrUnknown(telling, entry.needBytes), entry.needBytes ?? -1),
          cell(bytesOrUnknown(telling, entry.usableBytes), entry.usableBytes ?? -1),
        ]),
      dense: true,
    });
  }
  return { id: anchor('instances'), title: words.title, blocks };
}

/** What the offering has to hold of the plan, by its own rule; the fill is of the usable memory. */
function needCell(telling: Telling, { fillAtHorizon, usableBytes }: InstanceChoice): TableCell {
  const bytes = fillAtHorizon === undefined ? undefined : fillAtHorizon * usableBytes;
  return cell(bytesOrUnknown(telling, bytes), bytes ?? -1);
}
