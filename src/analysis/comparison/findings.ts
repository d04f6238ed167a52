import type { NodeAnalysis } from '../../model/analysis.ts';
import type { NodeComparison } from '../../model/comparison.ts';
import { FINDING_IDS, SEVERITIES, type Severity } from '../../model/finding.ts';

type FindingChange = NodeComparison['findings'][number];

/** Findings that came, went, or changed their severity, the gravest first. "Could not be judged" is neither. */
export function compareFindings(before: NodeAnalysis, after: NodeAnalysis): FindingChange[] {
  const changes = FINDING_IDS.flatMap((id): FindingChange[] => {
    const was = before.findings.find((finding) => finding.id === id);
    const is = after.findings.find((finding) => finding.id === id);
    const isJudged = (verdict: string | undefined) => verdict === 'raised' || verdict === 'clear' || verdict === 'not-applicable';
    if (was?.verdict === 'raised' && is?.verdict === 'raised') {
      const step = rank(is.severity) - rank(was.severity);
      return step === 0 ? [] : [{ id, change: step > 0 ? 'worse' : 'better', before: was.severity, after: is.severity }];
    }
    // A rule that the earlier version did not have says nothing of then.
    if (is?.verdict === 'raised') return [{ id, change: isJudged(was?.verdict) ? 'new' : 'first-judged', after: is.severity }];
    if (was?.verdict === 'raised') return [{ id, change: isJudged(is?.verdict) ? 'gone' : 'not-judged', before: was.severity }];
    return [];
  });
  const gravity = ({ before: was, after: is }: FindingChange) => Math.max(rank(was), rank(is));
  return changes.toSorted((a, b) => gravity(b) - gravity(a));
}

function rank(severity: Severity | undefined): number {
  return severity === undefined ? -1 : SEVERITIES.indexOf(severity);
}
