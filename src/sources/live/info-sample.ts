import type { SampleBatch } from '../../model/sample-batch.ts';
import { type Dump, numberOf, textOf } from '../info-dump/dump.ts';
import { toBatch } from '../info-dump/dump-batch.ts';
import { DumpParser } from '../info-dump/dump-parser.ts';
import { slotOf } from '../info-dump/fields.ts';

const USED_MEMORY = slotOf('used_memory');

/**
 * The sample that one INFO reply holds; undefined where it does not tell memory.
 * @param reply - the bulk string as it came
 * @param at - epoch milliseconds UTC of the reply
 */
export function infoSample(reply: Uint8Array, nodeId: string, at: number): SampleBatch | undefined {
  const dump = parseInfo(reply);
  if (!dump || Number.isNaN(numberOf(dump, USED_MEMORY))) return undefined;
  return toBatch(nodeId, [{ dump, nodeId, at }]);
}

/** INFO fields as texts, for what is no metric: who the masters of a Sentinel are, what a replica's address is. */
export function infoFields(reply: Uint8Array): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of Buffer.from(reply).toString('utf8').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

function parseInfo(reply: Uint8Array): Dump | undefined {
  const parser = new DumpParser('UTC');
  parser.push(Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength).toString('latin1'));
  parser.end();
  return parser.takeFinished().find((dump) => textOf(dump, slotOf('redis_version')) !== undefined || numberOf(dump, USED_MEMORY) >= 0);
}
