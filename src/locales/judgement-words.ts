import type { Action, ActionId, Finding, VerdictId } from '../model/analysis.ts';
import type { FindingId } from '../model/finding.ts';
import type { Format } from './format-type.ts';

/** What a language must say about findings, actions and the verdict (one file of its folder: `findings.ts`). */
export interface JudgementWords {
  readonly findings: Readonly<Record<FindingId, FindingWords>>;
  readonly actions: Readonly<Record<ActionId, ActionWords>>;
  readonly verdicts: Readonly<Record<VerdictId, VerdictWords>>;
  readonly efforts: Readonly<Record<Action['effort'], string>>;
}

export interface FindingWords {
  /** Short noun phrase, for lists of what was clear: `eviction pressure`. */
  readonly name: string;
  /** Headline when raised, with its numbers. */
  readonly title: (evidence: Finding['evidence'], format: Format) => string;
  /** One or two sentences: why it matters and what to do. */
  readonly body: (evidence: Finding['evidence'], format: Format) => string;
}

export interface ActionWords {
  /** Short noun phrase, for "what would not help": `MEMORY PURGE`. */
  readonly name: string;
  readonly title: (values: Action['values'], format: Format) => string;
  /** May be empty. */
  readonly detail: (values: Action['values'], format: Format) => string;
  /** What is seen when it has worked, and when; after the line that shows it. Empty where nothing is to be seen. */
  readonly expect: (action: Action, format: Format) => string;
}

export interface VerdictWords {
  /** The sentence of the first page. Values: see `verdictValues` in report/first-page.ts. */
  readonly headline: (values: Readonly<Record<string, number | string>>, format: Format) => string;
  /** The same said of a cluster or a replication group; absent where the headline of its most urgent node says it. Values: see `groupVerdict` there. */
  readonly group?: (values: Readonly<Record<string, number | string>>, format: Format) => string;
}
