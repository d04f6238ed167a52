import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { analysisSchema } from '../../src/model/analysis.ts';

/** The parts of a JSON Schema that the document speaks of. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly enum?: readonly unknown[];
}

const text = readFileSync(new URL('../../docs/analysis-format.md', import.meta.url), 'utf8');
const schema = z.toJSONSchema(analysisSchema) as SchemaNode;

/** Every property by its path, with `?` behind those that may be absent: `nodes[].engine.version?`. */
function propertyPaths(node: SchemaNode, path = ''): string[] {
  if (node.items !== undefined) return propertyPaths(node.items, `${path}[]`);
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return [node.required?.includes(name) ? own : `${own}?`, ...propertyPaths(child, own)];
  });
}

function enumValues(node: SchemaNode): string[] {
  const children = [...Object.values(node.properties ?? {}), ...(node.items === undefined ? [] : [node.items])];
  return [...(node.enum ?? []).filter((value) => typeof value === 'string'), ...children.flatMap(enumValues)];
}

const codesIn = (words: string): string[] => [...words.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

interface Row {
  readonly names: readonly string[];
  readonly type: string;
}

/** The field tables by what their heading names: a path, `Top level`, or `Shape: …`. */
function readTables(): ReadonlyMap<string, readonly Row[]> {
  const tables = new Map<string, Row[]>();
  for (const section of text.split(/^##+ /m).slice(1)) {
    const [heading = '', ...lines] = section.split('\n');
    const start = lines.indexOf('| field | type | meaning |');
    if (start === -1) continue;
    const rows = lines.slice(start + 2).filter((line) => line.startsWith('|'));
    tables.set(
      heading.replaceAll('`', ''),
      rows.map((row) => {
        const [, names = '', type = ''] = row.split('|');
        return { names: codesIn(names), type };
      }),
    );
  }
  return tables;
}

const tables = readTables();

/** The paths that a table tells, those of the shapes that it links to included. */
function documentedPaths(rows: readonly Row[], prefix: string): string[] {
  return rows.flatMap(({ names, type }) => {
    const shape = /\[([^\]]+)\]\(#shape-/.exec(type)?.[1];
    return names.flatMap((name) => {
      const path = `${prefix}${name}`;
      if (shape === undefined) return [path];
      const inside = `${path.replace(/\?$/, '')}${type.includes('list of') ? '[]' : ''}.`;
      return [path, ...documentedPaths(tables.get(`Shape: ${shape}`) ?? [], inside)];
    });
  });
}

describe('docs/analysis-format.md', () => {
  it('tells every field of the Analysis, which of them may be absent, and no others', () => {
    const documented = [...tables].flatMap(([heading, rows]) => {
      if (heading.startsWith('Shape: ')) return [];
      return documentedPaths(rows, heading === 'Top level' ? '' : `${heading}.`);
    });
    expect(documented.toSorted()).toEqual(propertyPaths(schema).toSorted());
  });

  it('names every value of every list of ids', () => {
    const named = new Set(codesIn(text.replaceAll('```', '')));
    expect(enumValues(schema).filter((value) => !named.has(value))).toEqual([]);
  });

  it('is about the schema version that the program writes', () => {
    expect(text).toContain(`\`schemaVersion\` is ${analysisSchema.shape.schemaVersion.value}.`);
  });
});
