import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../model/errors.ts';
import { mergeDescriptions, type NodeDescription } from '../model/node-description.ts';
import type { NodeHistory } from '../model/node-history.ts';
import type { BulkTable, Delivery, InputReport, SampleBatch } from '../model/sample-batch.ts';
import { type BulkReading, bulkRelation, clearImpossible, type RejectTables, unfitRowsQuery } from './bulk-relation.ts';
import type { Database } from './database.ts';
import { GapReasons } from './folder/gap-reasons.ts';
import { StoredFolder } from './folder/stored-folder.ts';
import type { History } from './index.ts';
import { InputOrderPass } from './input-order-pass.ts';
import { NodeBlocks, sortNodes } from './node-blocks.ts';
import { batchRelation, type HistoryWindow, inputOrderQuery, layoutOf, NODE_RANK_TABLE, type Relation, sortedQuery } from './relation.ts';
import { type RowBlock, StringList, type StringLists } from './row-block.ts';
import { streamRows } from './row-stream.ts';
import { SampleTable } from './sample-table.ts';

/** Rows that the database may read ahead: less and its threads wait for the reducers. */
const READ_AHEAD = '32MB';
/** Dropped lines that are kept by the CSV reader; of more, the file is read as text instead. */
const MAX_REJECTS = 10_000;
/** How often a history folder may change while it is read. */
const MAX_READINGS = 10;

/** Batches that came without a bulk table in between. */
interface Segment {
  readonly kind: 'segment';
  readonly segment: number;
}

interface BulkEntry {
  readonly kind: 'bulk';
  readonly table: BulkTable;
  readonly nodeIndex: number;
  reading: BulkReading;
  /** Set once its rejected lines were handed back: the segment that holds what was rescued of them. */
  rescuedSegment: number | undefined;
}

/** Samples in an embedded DuckDB. It reduces nothing itself: it streams rows to the reducers, in time order per node. */
export class EmbeddedHistory implements History {
  private readonly database: Database;
  private readonly nodeNames = new StringList();
  private readonly lists: StringLists = {
    nodeNames: { list: this.nodeNames, indexByHash: new Map() },
    textValues: { list: new StringList(), indexByHash: new Map() },
  };
  private readonly samples: SampleTable;
  private readonly entries: (Segment | BulkEntry | StoredFolder)[] = [];
  private segments = 0;

  constructor(database: Database) {
    this.database = database;
    this.samples = new SampleTable(database.duckDb, database.connection, this.lists);
  }

  async add(delivery: Delivery): Promise<void> {
    if (delivery.kind === 'bulk-table') {
      const nodeIndex = 'name' in delivery.node ? this.nodeNames.indexOf(delivery.node.name) : -1;
      this.entries.push({ kind: 'bulk', table: delivery, nodeIndex, reading: 'typed', rescuedSegment: undefined });
      return;
    }
    let last = this.entries[this.entries.length - 1];
    if (last?.kind !== 'segment') {
      last = { kind: 'segment', segment: this.segments++ };
      this.entries.push(last);
    }
    await this.samples.append(delivery, last.segment);
  }

  async addFolder(root: string): Promise<InputReport> {
    const folder = await StoredFolder.open(root);
    this.entries.push(folder);
    return folder.report;
  }

  async nodes(window: HistoryWindow = {}): Promise<NodeHistory[]> {
    const histories: NodeHistory[] = [];
    for await (const history of this.eachNode(window)) histories.push(history);
    return histories;
  }

  async *eachNode(window: HistoryWindow = {}): AsyncGenerator<NodeHistory> {
    await this.samples.flush();
    const reader = await this.database.instance.connect();
    try {
      await reader.run(`SET TimeZone = 'UTC'`);
      await reader.run(`SET streaming_buffer_size = '${READ_AHEAD}'`);
      const reasons = new GapReasons(this.folders.flatMap(({ events }) => events));
      const described = this.folders
        .flatMap(({ descriptions }) => [...descriptions])
        .reduce(
          (all, [nodeId, each]) => all.set(nodeId, mergeDescriptions(all.get(nodeId), each) ?? each),
          new Map<string, NodeDescription>(),
        );
      for await (const history of this.readUnchanged(reader, window))
        yield withDescription(reasons.explain(history), described.get(history.nodeId));
    } finally {
      reader.closeSync();
    }
  }

  async close(): Promise<void> {
    this.samples.close();
    await this.database.close();
  }

  private get folders(): StoredFolder[] {
    return this.entries.filter((entry) => entry.kind === 'folder');
  }

  /** Reads everything, and again where a history folder was compacted meanwhile: what was read then may lack samples, or hold them twice. */
  private async *readUnchanged(reader: DuckDBConnection, window: HistoryWindow): AsyncGenerator<NodeHistory> {
    const { folders } = this;
    for (let attempt = 1; ; attempt += 1) {
      const reading = this.read(reader, window);
      // All input has been read by the time that the first history is there.
      const first = await reading.next().catch((error: unknown) => ({ error }));
      const changed: StoredFolder[] = [];
      for (const folder of folders) if (await folder.hasChanged()) changed.push(folder);
      if (changed[0] === undefined) {
        if ('error' in first) throw first.error;
        if (!first.done) yield first.value;
        yield* reading;
        return;
      }
      await reading.return(undefined);
      if (attempt === MAX_READINGS)
        throw new InputError(changed[0].root, 'changed each time while it was read. Run this again when `history compact` has ended.');
      for (const folder of changed) await folder.settled();
    }
  }

  private async *read(reader: DuckDBConnection, window: HistoryWindow): AsyncGenerator<NodeHistory> {
    for (const folder of this.folders) await readingFrom(folder.root, 'cannot be read', () => folder.list(reader));
    const pass = await this.readInInputOrder(reader, window);
    yield* pass.blocks ? pass.blocks.finish(pass.outOfOrder) : this.readSorted(reader, window, pass.outOfOrder);
  }

  /** Streams everything as it came in. Nearly all inputs are in time order, and then nothing need be sorted. */
  private async readInInputOrder(reader: DuckDBConnection, window: HistoryWindow): Promise<InputOrderPass> {
    const pass = new InputOrderPass(this.nodeNames.values);
    for (const entry of this.entries) {
      if (entry.kind === 'segment') await this.streamSegment(reader, entry.segment, window, (block) => pass.take(block));
      else if (entry.kind === 'folder') await this.streamFolder(reader, entry, window, pass);
      else await this.streamBulk(reader, entry, window, pass);
    }
    return pass;
  }

  private async streamSegment(
    reader: DuckDBConnection,
    segment: number,
    window: HistoryWindow,
    take: (block: RowBlock) => void,
  ): Promise<void> {
    const relation = batchRelation(this.samples.metricIds, this.samples.textIds, segment);
    const layout = layoutOf([relation]);
    for await (const block of streamRows(reader, inputOrderQuery(relation, layout, window), layout, this.lists)) take(block);
  }

  private async streamFolder(reader: DuckDBConnection, { relations, report }: StoredFolder, window: HistoryWindow, pass: InputOrderPass) {
    for (const relation of relations) {
      const layout = layoutOf([relation]);
      await readingFrom(report.input, 'cannot be read', async () => {
        for await (const block of streamRows(reader, inputOrderQuery(relation, layout, window), layout, this.lists)) {
          report.samples += block.count;
          pass.take(block);
        }
      });
    }
  }

  private async streamBulk(reader: DuckDBConnection, entry: BulkEntry, window: HistoryWindow, pass: InputOrderPass): Promise<void> {
    const rejects = entry.rescuedSegment === undefined ? rejectTables(MAX_REJECTS) : undefined;
    const relation = bulkRelation(entry.table, entry.reading, entry.nodeIndex, { rejects, clearsLater: true });
    const layout = layoutOf([relation]);
    let rows = 0;
    let unreadable = 0;
    const isSeen: boolean[] = [];
    await readingFrom(entry.table.origin.input, 'cannot be read as a table', async () => {
      for await (const block of streamRows(reader, inputOrderQuery(relation, layout, window), layout, this.lists)) {
        clearImpossible(entry.table, block);
        rows += block.count;
        unreadable += pass.take(block);
        for (let i = 0; i < block.count; i += 1) isSeen[block.node[i] as number] = true;
      }
      if (!rejects) return;
      await this.rescue(reader, entry, rejects, unreadable > 0);
      const sawAllRows = entry.reading === 'typed' && window.fromAt === undefined && window.toAt === undefined;
      const nodeIds = this.nodeNames.values.filter((_, node) => isSeen[node]);
      entry.table.noteSamples?.(sawAllRows ? rows : await this.countBulkRows(reader, entry), nodeIds);
    });
    // The rows taken so far were read in another way, and what is rescued from among them has its place between them.
    if (rejects && entry.reading === 'text') pass.giveUp();
    const { rescuedSegment } = entry;
    if (rescuedSegment !== undefined) await this.streamSegment(reader, rescuedSegment, window, (block) => pass.takeRescued(block));
  }

  private countBulkRows(reader: DuckDBConnection, { table, reading, nodeIndex }: BulkEntry): Promise<number> {
    const { from, where = 'true', at } = bulkRelation(table, reading, nodeIndex);
    return countRows(reader, `(SELECT ${at} AS "at" FROM ${from} WHERE ${where}) WHERE "at" IS NOT NULL`);
  }

  /** Hands the lines that did not fit back to their source, once, and keeps what it makes of them. */
  private async rescue(reader: DuckDBConnection, entry: BulkEntry, rejects: RejectTables, hasUnreadableRows: boolean): Promise<void> {
    const { table } = entry;
    const segment = this.segments++;
    const noted = await countRows(reader, rejects.errors);
    if (noted >= MAX_REJECTS || hasUnreadableRows) {
      entry.reading = 'text';
      await dropTables(reader, rejects);
      await this.rescueLines(reader, unfitRowsQuery(table, { ...rejects, limit: 0 }), table, segment);
    }
    await this.rescueLines(reader, `SELECT DISTINCT line::DOUBLE, csv_line FROM ${rejects.errors} ORDER BY line`, table, segment);
    await dropTables(reader, rejects);
    await this.samples.flush();
    entry.rescuedSegment = segment;
  }

  /** @param sql - gives the line number as a double, and its text */
  private async rescueLines(reader: DuckDBConnection, sql: string, table: BulkTable, segment: number): Promise<void> {
    const result = await reader.stream(sql);
    for await (const chunk of result) {
      const batches: SampleBatch[] = [];
      for (let row = 0; row < chunk.rowCount; row++) {
        const line = Number(chunk.getColumnVector(0).getItem(row));
        const rescued = table.readRejected(String(chunk.getColumnVector(1).getItem(row) ?? ''), line);
        if (rescued) batches.push(rescued);
      }
      for (const batch of batches) await this.samples.append(batch, segment);
    }
  }

  /** Streams everything by node and time, one node after the other. */
  private async *readSorted(
    reader: DuckDBConnection,
    window: HistoryWindow,
    outOfOrder: ReadonlyMap<number, number>,
  ): AsyncGenerator<NodeHistory> {
    await this.writeNodeRanks(reader);
    const relations: Relation[] = [batchRelation(this.samples.metricIds, this.samples.textIds)];
    for (const entry of this.entries) {
      if (entry.kind === 'bulk') relations.push(bulkRelation(entry.table, entry.reading, entry.nodeIndex));
      if (entry.kind === 'folder') relations.push(...entry.relations);
    }
    const layout = layoutOf(relations);
    let node = -1;
    let blocks = new NodeBlocks(this.nodeNames.values);
    for await (const block of streamRows(reader, sortedQuery(relations, layout, window), layout, this.lists)) {
      for (let from = 0; from < block.count; ) {
        if (block.node[from] !== node) {
          yield* blocks.finish(outOfOrder);
          blocks = new NodeBlocks(this.nodeNames.values);
          node = block.node[from] as number;
        }
        let to = from + 1;
        while (to < block.count && block.node[to] === node) to += 1;
        if (blocks.add(block, from, to) < to) throw new Error('The database handed out rows that are not in time order.');
        from = to;
      }
    }
    yield* blocks.finish(outOfOrder);
  }

  /** Ranks every node code met: names of batches by their index, and the hashes of the bulk tables' names. */
  private async writeNodeRanks(reader: DuckDBConnection): Promise<void> {
    await reader.run(`CREATE OR REPLACE TEMP TABLE ${NODE_RANK_TABLE} (node_code DOUBLE, node_rank DOUBLE)`);
    const ranks: number[] = [];
    for (const [rank, node] of sortNodes(this.nodeNames.values).entries()) ranks[node] = rank;
    const appender = await reader.createAppender(NODE_RANK_TABLE, null, 'temp');
    for (const [code, node] of [...this.nodeNames.values.keys()]
      .map((index) => [index, index] as const)
      .concat([...this.lists.nodeNames.indexByHash])) {
      appender.appendDouble(code);
      appender.appendDouble(ranks[node] ?? 0);
      appender.endRow();
    }
    appender.closeSync();
  }
}

function withDescription(history: NodeHistory, description: NodeDescription | undefined): NodeHistory {
  return description === undefined ? history : { ...history, described: description };
}

function rejectTables(limit: number): RejectTables {
  return { errors: 'rejected_lines', scans: 'rejecting_scans', limit };
}

async function dropTables(reader: DuckDBConnection, { errors, scans }: RejectTables): Promise<void> {
  await reader.run(`DROP TABLE IF EXISTS ${errors}; DROP TABLE IF EXISTS ${scans}`);
}

async function countRows(reader: DuckDBConnection, from: string): Promise<number> {
  const result = await reader.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${from}`);
  return Number(result.getRows()[0]?.[0] ?? 0);
}

/** Names the file in what the database says of it. A TypeError or RangeError is a mistake of ours and stays as it is. */
async function readingFrom(input: string, problem: string, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError) throw cause;
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new InputError(input, `${problem}: ${reason}`, { cause });
  }
}
