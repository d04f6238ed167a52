import type { NodeAnalysis } from '../../model/analysis.ts';
import { numberAxis, timeAxis } from '../axis.ts';
import type { Block, Inline, Section, TableCell, Tone } from '../blocks.ts';
import { cell, column, lineMax, type Telling, text, toldBy } from '../telling.ts';

type Fork = NodeAnalysis['persistence']['forks'][number];

/** Stretches of a history that rates are taken over (docs/methodology.md#data-quality). */
const MOST_STRETCHES = 1024;

/** Forks listed by what they copied; the newest and the one that the budget takes its share from come to them. */
const LARGEST_FORKS_SHOWN = 5;

/** Other limits: evictions, refusals, clients, CPU, network and saves, one row each, only where the history has the figure. */
export function limitsSection(telling: Telling): Section {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.limits;
  const rows = limitRows(telling);
  const blocks: Block[] = [];
  if (rows.length === 0) blocks.push({ type: 'paragraph', text: text(words.nothing) });
  else {
    blocks.push({
      type: 'table',
      id: anchor('limits-table'),
      columns: [column('what', words.head.what), column('value', words.head.value, 'end'), column('judgement', words.head.judgement)],
      rows,
      ...(node.quality.intervalSeconds === undefined
        ? {}
        : {
            note: text(words.ratesNote(format.duration(Math.max(node.quality.intervalSeconds, node.quality.spanSeconds / MOST_STRETCHES)))),
          }),
      dense: true,
    });
  }
  blocks.push(...evictionBlocks(telling), ...forkBlocks(telling), ...commandBlocks(telling), ...settingsBlocks(telling));
  return { id: anchor('limits'), title: words.title, blocks };
}

function limitRows({ node, locale, format }: Telling): TableCell[][] {
  const words = locale.report.limits;
  const { activity, persistence } = node;
  const rows: TableCell[][] = [];
  const row = (what: string, value: string, sort: number, judgement = '', tone?: Tone): void => {
    rows.push([cell(what), cell(value, sort), cell(judgement, undefined, tone === undefined ? {} : { tone })]);
  };
  const { evictedKeys, oomErrors, hitRatio, opsPerSecondMax, connectedClientsMax, maxclients, rejectedConnections, mainThreadCpuMax } =
    activity;
  const count = (what: string, events: number | undefined, bad: string, tone: Tone): void => {
    if (events !== undefined) row(what, format.number(events), events, events > 0 ? bad : words.judged.good, events > 0 ? tone : 'good');
  };
  count(words.evictions, evictedKeys, words.judged.evicting, 'warning');
  count(words.oom, oomErrors, words.judged.refused, 'critical');
  if (activity.expiredKeys !== undefined) row(words.expired, format.number(activity.expiredKeys), activity.expiredKeys);
  if (hitRatio !== undefined) row(words.hit, format.percent(hitRatio), hitRatio, hitJudgement(node, words.judged));
  if (opsPerSecondMax !== undefined) row(words.ops, format.number(opsPerSecondMax), opsPerSecondMax);
  if (connectedClientsMax !== undefined) {
    const near = maxclients !== undefined && connectedClientsMax > 0.8 * maxclients;
    row(
      words.clients,
      maxclients === undefined
        ? format.number(connectedClientsMax)
        : words.ofMax(format.number(connectedClientsMax), format.number(maxclients)),
      connectedClientsMax,
      maxclients === undefined ? words.judged.unknown : near ? words.judged.near : words.judged.good,
      maxclients === undefined ? undefined : near ? 'warning' : 'good',
    );
  }
  if (rejectedConnections !== undefined && rejectedConnections > 0)
    row(words.rejected, format.number(rejectedConnections), rejectedConnections, words.judged.near, 'warning');
  if (mainThreadCpuMax !== undefined) {
    const hour = activity.mainThreadCpuBusiestHour;
    const near = hour !== undefined && hour > 0.8;
    // A moment says enough only where even that was calm.
    const judgedByHour = hour !== undefined || mainThreadCpuMax < 0.8;
    row(
      words.cpu,
      words.ofCore(format.percent(mainThreadCpuMax), hour === undefined ? undefined : format.percent(hour)),
      mainThreadCpuMax,
      judgedByHour ? (near ? words.judged.near : words.judged.good) : words.judged.unknown,
      judgedByHour ? (near ? 'warning' : 'good') : undefined,
    );
  }
  if (activity.netInputBytesPerSecondMax !== undefined)
    row(words.netIn, words.perSecond(format.bytes(activity.netInputBytesPerSecondMax)), activity.netInputBytesPerSecondMax);
  if (activity.netOutputBytesPerSecondMax !== undefined)
    row(words.netOut, words.perSecond(format.bytes(activity.netOutputBytesPerSecondMax)), activity.netOutputBytesPerSecondMax);
  if (activity.fullSyncs !== undefined) row(words.fullSyncs, format.number(activity.fullSyncs), activity.fullSyncs);
  if (persistence.cowRatioMax !== undefined) row(words.cow, format.percent(persistence.cowRatioMax), persistence.cowRatioMax);
  return rows;
}

/** A ratio is high or low only beside another one: whether it fell is what is judged. */
function hitJudgement({ findings }: NodeAnalysis, words: Telling['locale']['report']['limits']['judged']): string {
  const finding = findings.find(({ id }) => id === 'hit-ratio-falling');
  if (finding?.verdict === 'raised') return words.falling;
  return finding?.verdict === 'clear' ? words.steady : words.unknown;
}

function evictionBlocks(telling: Telling): Block[] {
  const { node, locale, format, timeZone, anchor } = telling;
  const words = locale.report.limits;
  const { evictedKeysPerSecond, at } = node.series;
  const max = lineMax(evictedKeysPerSecond);
  if (max === undefined || max === 0) return [];
  return [
    {
      type: 'chart',
      form: 'line-band',
      id: anchor('evictions-chart'),
      title: words.evictionTitle,
      alt: words.evictionAlt(format.number(node.activity.evictedKeys ?? 0)),
      at,
      lines: [
        {
          id: 'evicted',
          label: words.evictions,
          role: 'warning',
          y: evictedKeysPerSecond,
          told: toldBy(evictedKeysPerSecond, (value) => words.perSecond(format.number(value, value < 10 ? 1 : 0))),
        },
      ],
      limits: [],
      marks: [],
      gaps: node.quality.gaps,
      x: timeAxis(node.quality.fromAt, node.quality.toAt, locale.language, timeZone),
      y: numberAxis(max, format),
      height: 'small',
    },
  ];
}

function forkBlocks(telling: Telling): Block[] {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.limits;
  const forks = node.persistence.forks.filter(({ cowBytes }) => cowBytes > 0);
  const newest = forks.at(-1);
  if (newest === undefined) return [];
  const ofBudget = findBudgetFork(node);
  const largest = forks.toSorted((a, b) => b.cowBytes - a.cowBytes).slice(0, LARGEST_FORKS_SHOWN);
  const shown = forks.filter((fork) => largest.includes(fork) || fork === newest || fork === ofBudget);
  const notesOf = (fork: Fork): string =>
    [...(fork === ofBudget ? [words.forkOfBudget] : []), ...(fork === newest ? [words.newestFork] : [])].join(', ');
  return [
    {
      type: 'table',
      id: anchor('forks'),
      caption: words.forksIntro(format.number(shown.length), format.number(forks.length)),
      columns: [
        column('at', words.forkHead.at),
        column('kind', words.forkHead.kind),
        column('cow', words.forkHead.cow, 'end'),
        column('share', words.forkHead.share, 'end'),
        column('seconds', words.forkHead.seconds, 'end'),
        column('note', words.forkHead.note),
      ],
      rows: shown.toReversed().map((fork) => {
        const share = fork.rssBytes === undefined ? undefined : fork.cowBytes / fork.rssBytes;
        return [
          cell(format.dateTime(fork.at), fork.at),
          cell(words.forkKind[fork.kind] ?? fork.kind),
          cell(format.bytes(fork.cowBytes), fork.cowBytes),
          cell(share === undefined ? '' : format.percent(share), share ?? -1),
          cell(fork.seconds === undefined ? '' : format.duration(fork.seconds), fork.seconds ?? -1),
          cell(notesOf(fork)),
        ];
      }),
      dense: true,
    },
  ];
}

function commandBlocks({ node, locale, format, anchor }: Telling): Block[] {
  const words = locale.report.limits;
  const { commands } = node.activity;
  if (commands === undefined || commands.top.length === 0) return [];
  const since = commands.sinceAt === undefined ? undefined : format.dateTime(commands.sinceAt);
  return [
    {
      type: 'table',
      id: anchor('commands'),
      caption: words.commandsCaption(since, format.dateTime(commands.untilAt)),
      columns: [
        column('command', words.commandsHead.command),
        column('calls', words.commandsHead.calls, 'end'),
        column('time', words.commandsHead.time, 'end'),
        column('share', words.commandsHead.share, 'end'),
        column('average', words.commandsHead.average, 'end'),
      ],
      rows: commands.top.map(({ name, calls, seconds, share }) => {
        const microseconds = calls > 0 ? (seconds / calls) * 1e6 : 0;
        return [
          cell(text({ code: name.toUpperCase().replace('|', ' ') })),
          cell(format.number(calls), calls),
          cell(format.duration(seconds), seconds),
          cell(format.percent(share), share, { bar: share }),
          cell(format.number(microseconds, microseconds < 10 ? 1 : 0), microseconds),
        ];
      }),
      dense: true,
    },
  ];
}

/** What a setting is about, by the beginning of its name; those of active defragmentation have a table of their own. */
const SETTING_TOPICS = [
  ['eviction', /^maxmemory/],
  ['saving', /^(?:save|appendonly|auto-aof|repl-diskless|disable-thp)/],
  ['buffers', /^(?:client-|repl-backlog)/],
  ['encodings', /^(?:hash|list|set|zset)-/],
  ['freeing', /lazy/],
  ['threads', /^(?:io-threads|hz|activerehashing)/],
] as const;

function settingsBlocks({ node, locale, anchor }: Telling): Block[] {
  const words = locale.report.limits;
  const settings = Object.entries(node.settings ?? {});
  const rows = SETTING_TOPICS.flatMap(([topic, names]): TableCell[][] => {
    const own = settings.filter(([name]) => names.test(name));
    if (own.length === 0) return [];
    const told = own.flatMap(([name, value], i): Inline[] => [
      ...(i > 0 ? [', '] : []),
      { code: `${name} ${value === '' ? '""' : value}` },
    ]);
    return [[cell(words.settingsTopic[topic]), cell(told)]];
  });
  if (rows.length === 0) return [];
  return [
    {
      type: 'table',
      id: anchor('settings'),
      caption: words.settingsCaption,
      columns: [column('topic', words.settingsHead.topic), column('settings', words.settingsHead.settings)],
      rows,
      dense: true,
    },
  ];
}

/** The fork whose share the budget reserves for; none where its share comes from elsewhere. */
function findBudgetFork({ persistence, provisioning }: Telling['node']): Fork | undefined {
  const measured = provisioning.budget.find(({ id }) => id === 'copy-on-write')?.inputs.measuredRatio;
  if (measured === undefined) return undefined;
  return persistence.forks.find(({ cowBytes, rssBytes }) => Math.abs(cowBytes / (rssBytes ?? Number.NaN) - measured) < 1e-9);
}
