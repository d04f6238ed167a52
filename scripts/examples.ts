// The three jobs as examples for the README: npm run examples. Makes docs/examples/ anew, with the clock at a fixed instant.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../src/cli/program.ts';
import { openBrowser } from '../src/render/pdf-browser.ts';
import { EXAMPLES } from './example-list.ts';
import { picturePage } from './pictures.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'examples');
const work = await mkdtemp(join(tmpdir(), 'examples-'));
process.chdir(join(import.meta.dirname, '..'));
const browser = await openBrowser();
try {
  await mkdir(FOLDER, { recursive: true });
  for (const { name, args, clock, keeps } of EXAMPLES) {
    process.env.SOURCE_DATE_EPOCH = String(clock / 1000);
    const out = join(work, name);
    const exitCode = await run(['report', ...args, '--format', 'html,pdf,md', '--out', out, '--quiet']);
    if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}`);
    for (const ending of keeps) await copyFile(join(out, `report.${ending}`), join(FOLDER, `${name}.${ending}`));
    await writeFile(join(FOLDER, `${name}.png`), await picturePage(browser, join(out, 'report.html')));
    process.stderr.write(`docs/examples/${name}: ${[...keeps, 'png'].join(', ')}\n`);
  }
} finally {
  await browser.close();
  await rm(work, { recursive: true, force: true });
}
