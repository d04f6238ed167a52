import { ingest } from '../index.ts';
import type { NodeHistory } from '../model/node-history.ts';
import type { InputReport } from '../model/sample-batch.ts';
import { lookOptions, prometheusAccess } from './live-options.ts';
import { plain } from './messages.ts';
import { periodOption } from './period.ts';
import { readOptions } from './read-options.ts';

/** What the JSON tells of a node as it stands in its history. */
const TOLD = [
  'nodeId',
  'sampleCount',
  'fromAt',
  'toAt',
  'intervalSeconds',
  'gapCount',
  'gapSeconds',
  'duplicates',
  'outOfOrder',
] as const satisfies readonly (keyof NodeHistory)[];

/** `redis-headroom inspect INPUT…`: what was recognised, on stdout. @throws HeadroomError */
export async function inspectCommand(inputs: readonly string[], options: Readonly<Record<string, unknown>>): Promise<number> {
  const reading = readOptions(options);
  const { histories, inputs: reports } = await ingest(inputs, {
    ...reading,
    ...periodOption((name) => (options[name] === undefined ? undefined : String(options[name])), reading.timeZone),
    live: await lookOptions(options),
    prometheus: await prometheusAccess(options),
  });
  if (options.json === true) {
    const nodes = histories.map((history) => ({
      ...Object.fromEntries(TOLD.map((key) => [key, history[key]])),
      restarts: history.restarts.length,
      metrics: [...history.metrics.keys()],
      ...history.described,
    }));
    process.stdout.write(`${JSON.stringify({ inputs: reports.map(({ nodes: _, ...report }) => report), nodes }, null, 1)}\n`);
    return 0;
  }
  const lines = [...reports.flatMap(inputLines), ...histories.flatMap(nodeLines)];
  process.stdout.write(`${lines.map(plain).join('\n')}\n`);
  return 0;
}

function inputLines(report: InputReport): string[] {
  const lines = [
    `${report.input}`,
    `  kind       ${report.inputKind}${report.dialect === undefined ? '' : `, ${report.dialect}`}`,
    `  samples    ${report.samples}`,
    `  rejected   ${report.rejectedRows}`,
  ];
  if (report.timeSource !== undefined)
    lines.push(`  time from  ${report.timeSource}${report.assumedZone === undefined ? '' : `, zone assumed: ${report.assumedZone}`}`);
  if (report.wrappedIntegers > 0) lines.push(`  wrapped    ${report.wrappedIntegers} integers beyond 2^63 treated as absent`);
  if (report.averaged !== undefined) lines.push(`  averaged   ${report.averaged}`);
  for (const column of report.columns) {
    const target = column.metricId ?? column.role ?? 'ignored';
    const scale = column.scale === undefined || column.scale === 1 ? '' : ` × ${column.scale}`;
    lines.push(`  column     ${JSON.stringify(column.name)} → ${target}${scale}${column.note === undefined ? '' : ` (${column.note})`}`);
  }
  for (const note of report.notes) lines.push(`  note       ${note}`);
  for (const rejection of report.rejections) lines.push(`  skipped    ${report.input}:${rejection.line}: ${rejection.reason}`);
  return [...lines, ''];
}

function nodeLines(history: NodeHistory): string[] {
  const { described = {} } = history;
  const time = (at: number): string => new Date(at).toISOString();
  return [
    `node ${history.nodeId}`,
    ...(described.instance === undefined ? [] : [`  instance   ${described.instance}`]),
    ...(described.labels === undefined ? [] : [`  labels     ${labelsLine(described.labels)}`]),
    `  span       ${time(history.fromAt)} – ${time(history.toAt)}`,
    `  samples    ${history.sampleCount}${history.intervalSeconds === undefined ? '' : `, one every ${history.intervalSeconds} s`}`,
    `  gaps       ${history.gapCount}${history.gapCount > 0 ? `, ${Math.round(history.gapSeconds)} s in all` : ''}`,
    `  restarts   ${history.restarts.length}`,
    `  repeated   ${history.duplicates}, out of order ${history.outOfOrder}`,
    `  metrics    ${[...history.metrics.keys()].join(', ')}`,
    '',
  ];
}

function labelsLine(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}
