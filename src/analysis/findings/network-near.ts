import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** Traffic near what the instance type sustains; providers throttle beyond it. */
export const networkNear: FindingRule<{ warnAtShare: number }> = {
  id: 'network-near',
  needs: [],
  defaults: { warnAtShare: 0.8 },
  judge({ node, instance }, { warnAtShare }) {
    const { netInputBytesPerSecondMax: input, netOutputBytesPerSecondMax: output } = node.activity;
    const limitGbps = instance?.networkBaselineGbps ?? instance?.networkBurstGbps;
    if (limitGbps === undefined) return notEnoughData('instanceBandwidth');
    if (input === undefined && output === undefined) return notEnoughData('netOutputBytes');
    const bytesPerSecond = Math.max(input ?? 0, output ?? 0);
    const limitBytesPerSecond = (limitGbps * 1e9) / 8;
    const share = bytesPerSecond / limitBytesPerSecond;
    const evidence = { share, bytesPerSecond, limitBytesPerSecond, isBaseline: instance?.networkBaselineGbps !== undefined };
    return share >= warnAtShare ? raised('warning', evidence) : clear(evidence);
  },
};
