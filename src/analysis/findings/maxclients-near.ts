import { clear, type FindingRule, notEnoughData, raised } from './finding-rule.ts';

/** Connections near the limit: beyond it, new clients are refused. */
export const maxclientsNear: FindingRule<{ warnAtRatio: number }> = {
  id: 'maxclients-near',
  needs: ['connectedClients'],
  defaults: { warnAtRatio: 0.8 },
  judge({ node }, { warnAtRatio }) {
    const { connectedClientsMax, maxclients, rejectedConnections } = node.activity;
    if ((rejectedConnections ?? 0) > 0) return raised('critical', { clients: connectedClientsMax, maxclients, rejectedConnections });
    if (maxclients === undefined || maxclients === 0 || connectedClientsMax === undefined) return notEnoughData('maxclients');
    const ratio = connectedClientsMax / maxclients;
    const evidence = { clients: connectedClientsMax, maxclients, ratio };
    return ratio >= warnAtRatio ? raised('warning', evidence) : clear(evidence);
  },
};
