// Every sample as its readers see it: npm run gallery. Makes gallery/index.html with pictures of pages and sheets, to be looked at before a change of the design.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../src/cli/program.ts';
import { openBrowser } from '../src/render/pdf-browser.ts';
import { picturePage, pictureScreen, type ScreenLook } from './pictures.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { lang: { type: 'string', default: 'en' } } });
const LOOKS: readonly ScreenLook[] = [
  { width: 1440, scheme: 'light' },
  { width: 1440, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];
const FOLDER = 'gallery';
const samples = (await readdir('samples'))
  .filter((file) => file.endsWith('.csv'))
  .map((file) => [file.slice(0, -'.csv'.length), [join('samples', file)]] as const);
const wanted = [...samples, ['fleet', samples.map(([, [file = '']]) => file)] as const].filter(
  ([name]) => positionals.length === 0 || positionals.includes(name),
);

const browser = await openBrowser();
const rows: string[] = [];
try {
  for (const [name, files] of wanted) {
    const out = join(FOLDER, name);
    await mkdir(out, { recursive: true });
    const options = [
      '--system-memory',
      '1GiB',
      '--provider',
      'aws',
      '--lang',
      values.lang,
      '--format',
      'html,pdf',
      '--out',
      out,
      '--quiet',
    ];
    if ((await run(['report', ...files, ...options])) !== 0) throw new Error(`no report of ${name}`);
    const page = join(out, 'report.html');
    const pictures: [string, Uint8Array][] = [['sheet.png', await picturePage(browser, page)]];
    for (const look of LOOKS) pictures.push([`${look.width}-${look.scheme}.png`, await pictureScreen(browser, page, look)]);
    for (const [file, picture] of pictures) await writeFile(join(out, file), picture);
    const shown = pictures.map(
      ([file]) => `<a href="${name}/${file}"><img src="${name}/${file}" alt="${name}, ${file}" loading="lazy"></a>`,
    );
    rows.push(
      `<h2>${name} <small><a href="${name}/report.html">HTML</a> <a href="${name}/report.pdf">PDF</a></small></h2><div>${shown.join('')}</div>`,
    );
    process.stderr.write(`${out}\n`);
  }
} finally {
  await browser.close();
}
const style =
  'body{font:16px sans-serif;margin:2rem}div{display:flex;gap:1rem;overflow-x:auto;align-items:flex-start}img{height:420px;border:1px solid #ccc}';
await writeFile(
  join(FOLDER, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Gallery</title><style>${style}</style><h1>Gallery</h1>${rows.join('\n')}\n`,
);
process.stderr.write(`Open ${FOLDER}/index.html.\n`);
