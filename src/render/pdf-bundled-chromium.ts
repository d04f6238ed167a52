import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A Chromium that was unpacked for us alone, and the environment it needs on a machine without any browser library. */
export interface BundledChromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

const UNPACK_TIMEOUT_MS = 120_000;

/**
 * The Chromium inside the optional package `@sparticuz/chromium`, unpacked once into a private cache folder.
 * @returns undefined when the package is not installed, or not made for this system
 * @throws when it cannot be unpacked, or the cache folder belongs to someone else
 * @remarks The package itself unpacks into the shared temporary folder and trusts what already lies there; we do not.
 */
export async function unpackBundledChromium(): Promise<BundledChromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const archives = findArchives();
  if (archives === undefined) return undefined;
  const cache = await privateFolder(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'redis-headroom'));
  const folder = join(cache, `chromium-${await versionHash(archives)}`);
  if (!existsSync(folder)) await unpack(archives, cache, folder);
  await assertPrivate(folder);
  return { executablePath: join(folder, 'chromium'), env: environment(folder) };
}

function findArchives(): string | undefined {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin');
  } catch {
    return undefined;
  }
}

// Name and size of each archive change with every release; reading all 70 MB each time would cost more than it tells.
async function versionHash(archives: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(archives, '..', 'package.json')));
  for (const name of (await readdir(archives)).sort()) hash.update(`${name} ${(await stat(join(archives, name))).size}\n`);
  return hash.digest('hex').slice(0, 16);
}

async function privateFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await assertOwned(folder);
  await chmod(folder, 0o700);
  return folder;
}

async function assertOwned(folder: string): Promise<void> {
  const info = await lstat(folder);
  if (!info.isDirectory() || info.uid !== process.getuid?.())
    throw new Error(`${folder} is not a folder of this user; remove it or set XDG_CACHE_HOME`);
}

async function assertPrivate(folder: string): Promise<void> {
  await assertOwned(folder);
  if (((await lstat(folder)).mode & 0o077) !== 0) throw new Error(`${folder} is open to other users; remove it`);
}

// Unpacked beside its final place and moved there whole, so that a broken attempt is never taken for a browser.
async function unpack(archives: string, cache: string, folder: string): Promise<void> {
  const fresh = await mkdtemp(join(cache, 'unpacking-'));
  try {
    // The package unpacks into whatever its process holds for the temporary folder, so it gets a process with ours.
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', UNPACK_SCRIPT], {
      env: {
        ...process.env,
        TMPDIR: fresh,
        HEADROOM_CHROMIUM_MODULE: import.meta.resolve('@sparticuz/chromium'),
        HEADROOM_CHROMIUM_ARCHIVES: archives,
      },
      timeout: UNPACK_TIMEOUT_MS,
    });
    await chmod(join(fresh, 'chromium'), 0o700);
    await writeFile(join(fresh, 'fonts.conf'), fontConfig(folder));
    await rename(fresh, folder);
  } catch (error) {
    // Another process may have put its own copy there first; then that one serves.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

const UNPACK_SCRIPT = `
const { inflate } = await import(process.env.HEADROOM_CHROMIUM_MODULE);
const names = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br', 'swiftshader.tar.br'];
await Promise.all(names.map((name) => inflate(process.env.HEADROOM_CHROMIUM_ARCHIVES + '/' + name)));
`;

function environment(folder: string): Readonly<Record<string, string>> {
  const inherited = process.env.LD_LIBRARY_PATH;
  const libraries = [join(folder, 'al2023', 'lib'), ...(inherited ? [inherited] : [])].join(':');
  return {
    // The loader asks LD_LIBRARY_PATH before the system, so ours are named only where the system has none.
    ...(hasBrowserLibraries() ? {} : { LD_LIBRARY_PATH: libraries }),
    ...(existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_FILE: join(folder, 'fonts.conf') }),
  };
}

// The package's own configuration looks for fonts, and keeps their cache, in shared folders.
function fontConfig(folder: string): string {
  const name = folder.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${name}/fonts</dir><cachedir>${name}/font-cache</cachedir></fontconfig>
`;
}

function hasBrowserLibraries(): boolean {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/lib64', '/usr/lib'];
  return ['libnspr4.so', 'libnss3.so', 'libexpat.so.1'].every((name) => folders.some((folder) => existsSync(join(folder, name))));
}
