import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { languageOption } from '../../src/cli/language.ts';
import { LANGUAGE_TAGS } from '../../src/locales/index.ts';
import { runHere } from '../helpers/run-cli.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', 'samples', 'small-idle.csv');
const folder = mkdtempSync(join(tmpdir(), 'headroom-language-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('languageOption', () => {
  it.each([
    ['pt-BR', 'pt-BR'],
    ['PT-br', 'pt-BR'],
    ['pt', 'pt-BR'],
    ['pt_BR', 'pt-BR'],
    ['pt_BR.UTF-8', 'pt-BR'],
    ['pt-PT', 'pt-BR'],
    ['pt_BR@euro', 'pt-BR'],
    ['en', 'en'],
    ['en-GB', 'en'],
    ['en_US.UTF-8', 'en'],
  ])('takes %s as %s, whatever the environment says', (tag, language) => {
    expect(languageOption(tag, { LANG: 'pt_BR.UTF-8' })).toBe(language);
    expect(languageOption(tag, {})).toBe(language);
  });

  it.each(['xx', '', 'p', 'portuguese', 'ptb', '-', 'pt/BR', 'C'])('refuses %j and says what there is', (tag) => {
    expect(() => languageOption(tag, {})).toThrow(/--lang.*en, pt-BR/);
  });

  it.each([
    [{}, 'en'],
    [{ LANG: '' }, 'en'],
    [{ LANG: 'C.UTF-8' }, 'en'],
    [{ LANG: 'POSIX' }, 'en'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{ LANG: 'pt_BR.UTF-8' }, 'pt-BR'],
    [{ LANG: 'pt_PT' }, 'pt-BR'],
    [{ LANG: 'de_DE.UTF-8', LC_MESSAGES: 'pt_BR.UTF-8' }, 'pt-BR'],
    [{ LANG: 'pt_BR.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'pt_BR.UTF-8', LC_MESSAGES: '', LC_ALL: '' }, 'pt-BR'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'pt_BR.UTF-8' }, 'pt-BR'],
    [{ LANG: 'pt_BR.UTF-8', LC_ALL: 'C' }, 'en'],
  ])('follows the environment %j to %s', (environment, language) => {
    expect(languageOption(undefined, environment)).toBe(language);
  });
});

describe('the language of a report', () => {
  const titleOf = async (...argv: string[]) => (await runHere(...argv, '--format', 'md', '--out', '-')).stdout.split('\n')[0];
  const ENGLISH = /^# Memory capacity report/;
  const PORTUGUESE = /^# Capacidade de memória/;

  it('is English where nothing asks for another', async () => {
    expect(await titleOf('report', SAMPLE)).toMatch(ENGLISH);
  });

  it('is that of the environment, over which --config wins, over which --lang wins', async () => {
    vi.stubEnv('LANG', 'pt_BR.UTF-8');
    expect(await titleOf('report', SAMPLE)).toMatch(PORTUGUESE);
    const config = join(folder, 'headroom.yaml');
    writeFileSync(config, 'lang: en\n');
    vi.stubEnv('LANG', 'pt_BR.UTF-8');
    expect(await titleOf('report', SAMPLE, '--config', config)).toMatch(ENGLISH);
    expect(await titleOf('report', SAMPLE, '--config', config, '--lang', 'pt')).toMatch(PORTUGUESE);
  });

  it.each(['report', 'render'])('is explained by %s --help, with each language there is and what chooses it', async (command) => {
    const help = (await runHere(command, '--help')).stdout.replace(/\s+/g, ' ');
    for (const said of [...LANGUAGE_TAGS, 'LC_ALL, LC_MESSAGES or LANG', 'else en']) expect(help).toContain(said);
  });

  it('is switched by render, and changes neither the JSON nor the table of figures', async () => {
    const written = async (lang: string) => {
      const out = join(folder, lang);
      await runHere('report', SAMPLE, '--lang', lang, '--format', 'json,csv,md', '--out', out);
      return (name: string) => readFileSync(join(out, name), 'utf8');
    };
    const [english, portuguese] = [await written('en'), await written('pt-BR')];
    for (const name of ['analysis.json', 'figures.csv']) expect(portuguese(name)).toBe(english(name));
    const again = await runHere('render', join(folder, 'en', 'analysis.json'), '--lang', 'pt-BR', '--format', 'md', '--out', '-');
    expect(again.stdout).toBe(portuguese('report.md'));
    expect(await titleOf('render', join(folder, 'pt-BR', 'analysis.json'))).toMatch(ENGLISH);
  });
});
