import { clear, currentMaxmemory, type FindingRule, notApplicable, notEnoughData, raised } from './finding-rule.ts';

/** Writes refused because memory was at its limit and nothing could be evicted (`errorstat_OOM`, Redis 6.2+). */
export const oomErrors: FindingRule = {
  id: 'oom-errors',
  needs: [],
  defaults: {},
  judge(context) {
    const { node } = context;
    const { oomErrors } = node.activity;
    const maxmemoryBytes = currentMaxmemory(context);
    if (oomErrors !== undefined && oomErrors > 0) return raised('critical', { oomErrors, maxmemoryBytes, policy: node.maxmemoryPolicy });
    if (maxmemoryBytes === 0) return notApplicable('maxmemory-unset');
    // The field appears with the first error: without it, nothing tells a server without errors from an input without the field.
    return oomErrors === undefined ? notEnoughData('oomErrors') : clear({ oomErrors });
  },
};
