import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..', '..');
const FILE = join(ROOT, 'manifests.ts');

/** An object of a manifest, as far as it says what it is. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What the published schema of its kind objects to in an object; none where it fits. */
export async function schemaProblems(manifest: Manifest): Promise<string[]> {
  const path = `kubernetes-models/${manifest.apiVersion}/${manifest.kind}`;
  const module: Record<string, unknown> = await import(/* @vite-ignore */ path);
  const Model = module[manifest.kind] as new (data: object) => { validate(): void };
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** What the types of their kinds object to in objects: above all fields that there are not, which a schema lets pass. */
export function typeProblems(manifests: readonly Manifest[]): string[] {
  const source = manifests
    .map(({ apiVersion, kind, ...rest }, i) => {
      const own = JSON.stringify({ apiVersion, kind, ...rest }, undefined, 1);
      return `import type { I${kind} as Kind${i} } from 'kubernetes-models/${apiVersion}/${kind}';\nexport const manifest${i}: Kind${i} = ${own};\n`;
    })
    .join('');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.readFile = (path) => (path === FILE ? source : readFile(path));
  host.getSourceFile = (path, language, ...more) =>
    path === FILE ? ts.createSourceFile(path, source, language) : getSourceFile(path, language, ...more);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([FILE], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
