import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Format } from '../../src/locales/format-type.ts';
import { findLocale, LANGUAGE_TAGS } from '../../src/locales/index.ts';
import { ENGLISH_WORDS } from '../helpers/english-words.ts';

type Words = (...args: unknown[]) => unknown;

/** A way to ask for a word, the same in every language: where it is, and with which arguments. */
interface Asked {
  readonly where: string;
  readonly args: readonly unknown[];
}

/**
 * Stands for any argument: as text it is its own name in brackets, as a number 7, and whatever is asked of it stands for an argument
 * as well. So a sentence shows which of its arguments it tells.
 */
function standIn(name: string): unknown {
  const text = `⟦${name}⟧`;
  return new Proxy(() => text, {
    get: (_, key) =>
      key === Symbol.toPrimitive ? (hint: string) => (hint === 'number' ? 7 : text) : standIn(`${name}.${String(key).split('.').at(-1)}`),
  });
}

/** All words below `value`, by their path. */
function walk(value: unknown, where = ''): (readonly [string, string | Words])[] {
  if (typeof value === 'string' || typeof value === 'function') return [[where, value as string | Words]];
  return Object.entries(value as object).flatMap(([key, each]) => walk(each, where === '' ? key : `${where}.${key}`));
}

/** The arguments to try: each told, then each in turn not known, yes, no, and one. */
function argumentsFor(count: number): readonly (readonly unknown[])[] {
  const told = Array.from({ length: count }, (_, i) => standIn(`argument ${i}`));
  return [told, ...told.flatMap((_, i) => [undefined, true, false, 1].map((other) => told.with(i, other)))];
}

/** Figures as numbers that are told apart: whatever writes one shows it as it is. */
const SHOWN = (value: number) => `⟦${value}⟧`;
const FIGURES: Format = {
  bytes: SHOWN,
  signedBytes: SHOWN,
  percent: SHOWN,
  ratio: SHOWN,
  number: SHOWN,
  days: SHOWN,
  duration: SHOWN,
  date: SHOWN,
  dateTime: SHOWN,
  price: SHOWN,
  list: (items) => items.join(', '),
};

/** Values that are words, and what they may be: a sentence depends on them. */
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  cause: ['more-keys', 'larger-values', 'both'],
  outcome: ['taken', 'put-off', 'put-off-then-taken', 'fits'],
  limit: ['maxmemory', 'target'],
  table: ['keys', 'expires'],
  field: ['rdbLastBgsaveStatus', 'aofLastRewriteStatus', 'aofLastWriteStatus'],
  reason: [
    'system-jemalloc',
    'not-jemalloc',
    'version-too-old',
    'less-than-resident',
    'more-than-told',
    'limit-above-host',
    'limit-changed',
    'evictions',
    'crash',
    'aof-rewrite',
    'averaged',
    'used-memory',
    'short',
    'smaller',
    'one-zone',
    'asked',
  ],
  source: ['option', 'instance', 'container', 'host', 'info'],
  otherSource: ['container', 'host', 'info'],
  diagnosis: ['resident-unused', 'process-overhead', 'small-dataset'],
  shortIn: ['machine', 'maxmemory', 'machine and maxmemory'],
  areHolesTold: ['no'],
  isKept: ['config', 'helm'],
  policy: ['noeviction', 'volatile-lru'],
  ...Object.fromEntries(
    ['isAfterDefrag', 'isAfterResize', 'isBeforeResize', 'isHost', 'isOnce', 'isUnsure', 'hasReplicas'].map((key) => [key, ['yes']]),
  ),
  ...Object.fromEntries(
    [
      'isCertain',
      'isMain',
      'isReplicaAbove',
      'isSeen',
      'isLasting',
      'isSpike',
      'isEnabled',
      'isBaseline',
      'isRefused',
      'isUnmissed',
      'isHeapInside',
      'isOften',
      'hasAppendOnlyFile',
      'evictsNothing',
    ].map((key) => [key, [true, false]]),
  ),
};

/** Evidence in which every figure is known and has its own number; `given` wins over that. `asked` collects the names that were looked up. */
function evidence(given: Readonly<Record<string, unknown>>, asked: Set<string>): Record<string, unknown> {
  const known = new Map<string, number>();
  return new Proxy<Record<string, unknown>>(
    {},
    {
      get: (_, key) => {
        const name = String(key);
        asked.add(name);
        if (Object.hasOwn(given, name)) return given[name];
        if (Object.hasOwn(CHOICES, name)) return undefined;
        if (!known.has(name)) known.set(name, numberOf(name));
        return known.get(name);
      },
    },
  );
}

const NUMBERS = new Map<string, number>();
/** A number for each name, of three digits and thousands, so that rounding to three digits leaves it. */
function numberOf(name: string): number {
  if (!NUMBERS.has(name)) NUMBERS.set(name, (101 + NUMBERS.size) * 1000);
  return NUMBERS.get(name) as number;
}

/** The evidence to try: all known, each choice in turn (two of them together as well), and each figure in turn not known. */
function evidenceFor(tell: Words): readonly Readonly<Record<string, unknown>>[] {
  const names = new Set<string>();
  tell(evidence({}, names), FIGURES);
  const choices = Object.entries(CHOICES).flatMap(([key, values]) => values.map((value) => ({ [key]: value })));
  const pairs = choices.flatMap((first, i) => choices.slice(i + 1).map((second) => ({ ...first, ...second })));
  for (const given of choices) tell(evidence(given, names), FIGURES);
  const asksFor = (given: object) => Object.keys(given).every((key) => names.has(key));
  const unknown = [...names].flatMap((name) => [{ [name]: undefined }, ...(Object.hasOwn(CHOICES, name) ? [] : [{ [name]: 0 }])]);
  const worded = [...choices, ...pairs].filter(asksFor);
  return [{}, ...worded, ...unknown, ...worded.flatMap((given) => unknown.map((not) => ({ ...not, ...given })))];
}

/** What a text says beside its arguments: nothing where it only puts them side by side. */
const wordsOf = (text: string): string => text.replace(/⟦[^⟧]*⟧|\b(?:true|false|1)\b/g, ' ').trim();
const argumentsOf = (text: string): string[] => [...new Set(text.match(/⟦[^⟧]*⟧/g) ?? [])].toSorted();

/** What is the same in every language: names of the tool, of products, of fields, parameters and commands, and words that Brazilians use as they are. */
const SAME_IN_ALL =
  /^(?:redis-headroom|Redis|Valkey|KeyDB|Dragonfly|Lua|RSS|maxmemory|MEMORY PURGE|activedefrag|mem_not_counted_for_evict|--system-memory|copy-on-write|Copy-on-write|buffers|overhead|huge pages|failover|[Ss]hards?|±|—|:|: |p50, p90, p95|db|AOF|Engine|µs|maxmemory-policy|used_memory|used_memory_rss|max\(U\)(?: [−÷] U)?|docs\/methodology\.md, “\s+”)$/;

const UNFILLED = /undefined|NaN|null|\[object| {2}/;

const locales = LANGUAGE_TAGS.map(findLocale);
const english = findLocale('en');

it('has a folder for each language, and a language for each folder', () => {
  const folders = readdirSync(join(import.meta.dirname, '..', '..', 'src', 'locales'), { withFileTypes: true });
  expect(folders.flatMap((each) => (each.isDirectory() ? [each.name] : [])).toSorted()).toEqual(
    LANGUAGE_TAGS.map((tag) => tag.toLowerCase()).toSorted(),
  );
});

describe.each(locales.filter((locale) => locale !== english).map((locale) => [locale.language.tag, locale] as const))(
  'the words in %s',
  (_, locale) => {
    /** The same word asked for in both languages. */
    function both(where: string, inEnglish: string | Words, here: string | Words, args: readonly unknown[]): readonly [string, string] {
      expect(typeof here, where).toBe(typeof inEnglish);
      const say = (word: string | Words) => String(typeof word === 'string' ? word : word(...args));
      return [say(inEnglish), say(here)];
    }

    function expectTranslated({ where, args }: Asked, said: string, here: string, compareArguments: boolean): void {
      // English decides: what it cannot be asked, nobody is asked.
      if (UNFILLED.test(said)) return;
      const about = `${where}(${args.map((arg) => (typeof arg === 'function' ? `${arg}` : JSON.stringify(arg))).join(', ')}): ${here}`;
      if (compareArguments) expect(argumentsOf(here), about).toEqual(argumentsOf(said));
      expect(wordsOf(here) === '', about).toBe(wordsOf(said) === '');
      expect(here, about).not.toMatch(UNFILLED);
      expect(wordsOf(here).match(ENGLISH_WORDS) ?? [], about).toEqual([]);
      if (/\p{L}{2}/u.test(wordsOf(said)) && !SAME_IN_ALL.test(wordsOf(said))) expect(here, about).not.toBe(said);
    }

    /** Where English says one thing or another, so must the language: a sentence for a case must not be forgotten. */
    function expectAsDistinct(where: string, pairs: readonly (readonly [string, string])[]): void {
      const asked = pairs.filter(([said]) => !UNFILLED.test(said));
      const english = new Set(asked.map(([said]) => wordsOf(said)));
      const here = new Set(asked.map(([, said]) => wordsOf(said)));
      expect(here.size, `${where}: ${[...english].join(' | ')}`).toBeGreaterThanOrEqual(english.size);
    }

    // The glossary may explain words of its own, and is compared with nothing.
    const isGlossary = ([where]: readonly [string, unknown]) => where.startsWith('report.quality.glossary.');
    // docs/methodology.md is there in English alone: its titles, and the anchors of its sections.
    const isTitleOfDocument = ([where]: readonly [string, unknown]) =>
      /^explain\.(?:section\.|fragmentation\.formula\.\w+\.1$)/.test(where);
    const told = ({ report, explain, lessons, comparison }: typeof english) => walk({ report, explain, lessons, comparison });
    const there = told(english).filter((word) => !isGlossary(word) && !isTitleOfDocument(word));
    const here = new Map(told(locale).filter((word) => !isTitleOfDocument(word)));

    it('are there, each of them and no other', () => {
      expect([...here.keys()].filter((where) => !where.startsWith('report.quality.glossary.')).toSorted()).toEqual(
        there.map(([where]) => where).toSorted(),
      );
      expect(locale.report.quality.glossary.length).toBeGreaterThanOrEqual(english.report.quality.glossary.length);
      for (const [term, meaning] of locale.report.quality.glossary)
        expect(`${term} ${meaning}`.match(ENGLISH_WORDS) ?? [], term).toEqual([]);
    });

    it.each(there)('say %s, and tell what English tells there', (where, word) => {
      const known = here.get(where) as string | Words;
      const trials = typeof word === 'string' ? [[]] : argumentsFor(word.length).filter((args) => !throws(() => word(...args)));
      const pairs = trials.map((args) => {
        const pair = both(where, word, known, args);
        expectTranslated({ where, args }, ...pair, !args.includes(1));
        return pair;
      });
      expectAsDistinct(where, pairs);
    });

    const comparedHere = new Map(walk(locale.comparison));

    it.each(walk(english.comparison))('compare %s, and tell what English tells there', (where, word) => {
      const known = comparedHere.get(where) as string | Words;
      const trials = typeof word === 'string' ? [[]] : argumentsFor(word.length).filter((args) => !throws(() => word(...args)));
      for (const args of trials) {
        const [said, saidHere] = both(where, word, known, args);
        expectTranslated({ where, args }, said, saidHere, !args.includes(1));
      }
    });

    const judgements = (from: typeof english) =>
      walk({ findings: from.findings, actions: from.actions, verdicts: from.verdicts, efforts: from.efforts });
    const judgementsHere = new Map(judgements(locale));

    it.each(judgements(english))('judge %s, and tell the figures that English tells there', (where, word) => {
      const known = judgementsHere.get(where) as string | Words;
      if (typeof word === 'string') return expectTranslated({ where, args: [] }, ...both(where, word, known, []), true);
      const isExpectation = where.endsWith('.expect');
      const given = (values: Record<string, unknown>) => (isExpectation ? { values, givesBytes: 999_000 } : values);
      const ask =
        (tell: Words): Words =>
        (values, format) =>
          tell(given(values as Record<string, unknown>), format);
      const pairs = evidenceFor(ask(word)).map((values) => {
        const pair = both(where, word, known, [given(evidence(values, new Set())), FIGURES]);
        expectTranslated({ where, args: [values] }, ...pair, true);
        return pair;
      });
      expectAsDistinct(where, pairs);
    });
  },
);

function throws(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}
