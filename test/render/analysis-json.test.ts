import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/model/analysis.ts';
import { analysisJson } from '../../src/render/analysis-json.ts';
import { judged } from '../helpers/compared.ts';
import { buildNodeHistory, sampleEvery } from '../helpers/node-history.ts';

const histories = ['a', 'two\nlines', '\n "nodes": []'].map((nodeId) =>
  buildNodeHistory(
    sampleEvery(3600, 48, (i) => ({ usedMemoryBytes: 1e9 + i })),
    { nodeId },
  ),
);

function expectWhole(analysis: Analysis): void {
  expect([...analysisJson(analysis)].join('')).toBe(`${JSON.stringify(analysis, null, 1)}\n`);
}

describe('analysisJson', () => {
  it('gives the whole text in pieces, whatever the names', () => {
    for (const count of [1, 2, 3]) expectWhole(judged(histories.slice(0, count), { title: '\n "nodes": []' }));
  });

  it('gives a piece a node', () => {
    const analysis = judged(histories);
    expect([...analysisJson(analysis)]).toHaveLength(histories.length + 2);
  });

  it('gives an Analysis without nodes too', () => {
    expectWhole({ ...judged(histories), nodes: [] });
  });
});
