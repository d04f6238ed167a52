import type { DuckDBConnection } from '@duckdb/node-api';
import type { NodeDescription } from '../../model/node-description.ts';
import type { InputReport } from '../../model/sample-batch.ts';
import type { Relation } from '../relation.ts';
import { readDescriptions } from './descriptions.ts';
import type { HistoryEvent } from './events.ts';
import { DESCRIPTIONS_FILE } from './layout.ts';
import { describeFolder, tablesOf } from './read-folder.ts';
import { compactionEnd, type FolderSnapshot, isUnchanged, takeSnapshot } from './snapshot.ts';
import { storedRelation } from './stored-relation.ts';

/** A history folder among the inputs, with the files that it held when the reading began. */
export class StoredFolder {
  readonly kind = 'folder';
  readonly root: string;
  readonly report: InputReport;
  readonly events: readonly HistoryEvent[];
  /** What it says of its servers, by name. */
  readonly descriptions: ReadonlyMap<string, NodeDescription>;
  /** What is to be read; empty before `list`. */
  relations: readonly Relation[] = [];
  private snapshot: FolderSnapshot | undefined;

  private constructor(
    root: string,
    report: InputReport,
    events: readonly HistoryEvent[],
    descriptions: ReadonlyMap<string, NodeDescription>,
  ) {
    this.root = root;
    this.report = report;
    this.events = events;
    this.descriptions = descriptions;
  }

  static async open(root: string): Promise<StoredFolder> {
    const { report, events } = await describeFolder(root);
    const descriptions = await readDescriptions(root).catch(() => {
      report.notes.push(
        `${DESCRIPTIONS_FILE} is damaged: labels and instance types in it are not known. The next start of the collector writes it anew.`,
      );
      return new Map<string, NodeDescription>();
    });
    return new StoredFolder(root, report, events, descriptions);
  }

  /** Lists its files anew. */
  async list(connection: DuckDBConnection): Promise<void> {
    this.report.samples = 0;
    this.snapshot = await takeSnapshot(this.root);
    this.relations = (await tablesOf(connection, this.snapshot)).map(storedRelation);
  }

  /** Whether what was read since `list` may lack samples or hold them twice, since files were compacted or removed. */
  async hasChanged(): Promise<boolean> {
    return this.snapshot !== undefined && !(await isUnchanged(this.snapshot));
  }

  /** Resolves when it can be expected to stay as it is for a while. */
  settled(): Promise<void> {
    return compactionEnd(this.root);
  }
}
