// Compiles src/ to dist/, puts the catalogs' data beside their modules and publishes the JSON Schema of the Analysis.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analysisJsonSchema } from '../src/model/analysis-schema.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
cpSync(join(root, 'src/catalogs/data'), join(dist, 'catalogs/data'), { recursive: true });
writeFileSync(join(dist, 'analysis.schema.json'), `${JSON.stringify(analysisJsonSchema, null, 2)}\n`);
chmodSync(join(dist, 'cli/main.js'), 0o755);
