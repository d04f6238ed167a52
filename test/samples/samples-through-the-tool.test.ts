import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type History, openHistory } from '../../src/history/index.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import type { InputReport } from '../../src/model/sample-batch.ts';
import { readInputs } from '../../src/sources/index.ts';
import { openInputs } from '../../src/sources/open-inputs.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'samples');
const TRUTHS = readdirSync(join(FOLDER, 'truth')).map((file) => JSON.parse(readFileSync(join(FOLDER, 'truth', file), 'utf8')));
const FILES = readdirSync(FOLDER);

/** The history of one file, and what its reading said. */
async function readHistory(file: string): Promise<{ node: NodeHistory; report: InputReport }> {
  const reports: InputReport[] = [];
  const history: History = await openHistory({ memoryLimitBytes: 200 * 2 ** 20, threads: 1 });
  try {
    for await (const { delivery } of readInputs(openInputs([join(FOLDER, file)]), {}, reports)) await history.add(delivery);
    const [node] = await history.nodes();
    const [report] = reports;
    if (!node || !report) throw new Error(`${file}: nothing was read`);
    return { node, report };
  } finally {
    await history.close();
  }
}

describe.each(TRUTHS.map((truth) => [truth.name as string, truth] as const))('%s, read by the tool', (name, truth) => {
  const forms: { node: NodeHistory; report: InputReport }[] = [];
  beforeAll(async () => {
    for (const file of FILES.filter((each) => each.startsWith(`${name}.`))) forms.push(await readHistory(file));
  });
  afterAll(() => forms.splice(0));

  it('is read whole, from the dump as from the CSV', () => {
    expect(forms).toHaveLength(2);
    for (const { node, report } of forms) {
      expect(node.sampleCount).toBe(truth.samples);
      expect([node.fromAt, node.toAt]).toEqual([truth.fromAt, truth.toAt]);
      expect([report.rejectedRows, report.wrappedIntegers, report.averaged]).toEqual([0, 0, undefined]);
    }
  });

  it('gives the same figures from both forms', () => {
    // A dump has more: sums over all databases, and fields that the tool did not know yet when the CSV was recorded.
    const dumpOnly = new Set(['keys', 'expires', 'clusterConnections', 'evictedScripts']);
    const [one, other] = forms.map(({ node }) => ({ node, metrics: new Map([...node.metrics].filter(([id]) => !dumpOnly.has(id))) }));
    expect(other?.metrics).toEqual(one?.metrics);
    expect(other?.node.restarts).toEqual(one?.node.restarts);
    expect(other?.node.recoveredPeaks).toEqual(one?.node.recoveredPeaks);
  });

  it('has the peaks of the truth', () => {
    for (const { node } of forms) {
      const used = node.metrics.get('usedMemoryBytes')?.max;
      expect(used).toEqual(truth.sampledPeaks.usedMemoryBytes);
      expect(node.metrics.get('usedMemoryRssBytes')?.max).toEqual(truth.sampledPeaks.usedMemoryRssBytes);
      const recovered = Math.max(used?.value ?? 0, ...node.recoveredPeaks.map((peak) => peak.value));
      if (truth.watchedPeak) expect(recovered).toBeGreaterThanOrEqual(truth.watchedPeak.usedMemoryBytes.value);
    }
  });

  it('has the restarts, resets and gaps of the truth', () => {
    for (const { node } of forms) {
      expect(node.restarts.map(({ at, lastSeenAt }) => ({ at, lastSeenAt }))).toEqual(
        truth.restarts.map(({ firstSeenAt, lastSeenAt }: { firstSeenAt: number; lastSeenAt: number }) => ({ at: firstSeenAt, lastSeenAt })),
      );
      expect(node.gaps).toEqual(truth.gaps ?? []);
      expect(node.statResets).toHaveLength(truth.statResets?.length ?? 0);
    }
  });
});
