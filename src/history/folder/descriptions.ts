import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type NodeDescription, nodeDescriptionSchema } from '../../model/node-description.ts';
import { DESCRIPTIONS_FILE } from './layout.ts';

const descriptionsSchema = z.record(z.string(), nodeDescriptionSchema);

/**
 * What a history folder says of its servers beside their samples, by name; nothing where it has no such file.
 * @throws Error where the file is not as it was written
 */
export async function readDescriptions(root: string): Promise<Map<string, NodeDescription>> {
  try {
    return new Map(Object.entries(descriptionsSchema.parse(JSON.parse(await readFile(join(root, DESCRIPTIONS_FILE), 'utf8')))));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
}

/** Keeps the descriptions of a history folder in its file. */
export class Descriptions {
  private readonly root: string;
  private readonly known: Map<string, NodeDescription>;
  private isSaved = true;
  private saving: Promise<void> | undefined;

  private constructor(root: string, known: Map<string, NodeDescription>) {
    this.root = root;
    this.known = known;
  }

  static async open(root: string): Promise<Descriptions> {
    // A file that is damaged is written anew: the collector knows what its configuration says.
    return new Descriptions(root, await readDescriptions(root).catch(() => new Map()));
  }

  /** Takes the place of what was said of the server before. */
  set(nodeId: string, description: NodeDescription): void {
    const before = this.known.get(nodeId);
    const isEmpty = description.instance === undefined && Object.keys(description.labels ?? {}).length === 0;
    if (isEmpty ? before === undefined : JSON.stringify(before) === JSON.stringify(description)) return;
    if (isEmpty) this.known.delete(nodeId);
    else this.known.set(nodeId, description);
    this.isSaved = false;
  }

  /** Writes them where they changed. @throws the error of the file system; the next call tries again */
  async save(): Promise<void> {
    while (!this.isSaved || this.saving) {
      this.saving ??= this.write().finally(() => {
        this.saving = undefined;
      });
      await this.saving;
    }
  }

  private async write(): Promise<void> {
    this.isSaved = true;
    const path = join(this.root, DESCRIPTIONS_FILE);
    try {
      const file = await open(`${path}.new`, 'w');
      try {
        await file.writeFile(`${JSON.stringify(Object.fromEntries(this.known), undefined, 1)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    } catch (error) {
      this.isSaved = false;
      throw error;
    }
  }
}
