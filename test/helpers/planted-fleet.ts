import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { HOSTILE } from './hostile.ts';

/** What every planted name holds: of the company, of the user, and of its addresses. */
export const PLANTED_MARK = /acmecorp|j\.doe|10\.66\.77\.|fd66:77:/gi;

const HOSTS = ['10.66.77.1:7001', '10.66.77.2:7002', 'shard-3.acmecorp.internal:7003', '[fd66:77::4]:7004'] as const;
const nodeId = (index: number): string => String(index).repeat(40);

/** Every so many dumps of the recording are taken. */
const STEP = 12;

/**
 * A cluster of recorded INFO, a table of nodes with hostile names and rows that cannot be read, and a configuration with groups, labels, zones and an own catalog:
 * in every place for a name from outside stands a planted one, also in the names of folders and files.
 * @returns arguments of `report` with all of it
 */
export function plantFleet(folder: string): {
  readonly inputs: readonly string[];
  readonly options: readonly string[];
  readonly home: string;
} {
  const home = join(folder, 'home', 'j.doe', 'acmecorp reports & <more>');
  mkdirSync(home, { recursive: true });
  const write = (name: string, lines: readonly string[]): string => {
    const path = join(home, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  };
  const catalog = write('acmecorp-machines.csv', [
    'provider,offering,name,memory_gib,price_usd_hour,price_region,source',
    'acmecorp-cloud,acmecorp-cloud,acmecorp-small,1,0.05,acmecorp-north,acmecorp intranet',
    'acmecorp-cloud,acmecorp-cloud,acmecorp-large,4,0.1,acmecorp-north,https://j.doe@wiki.acmecorp.internal/prices',
  ]);
  const config = write('acmecorp-servers.yaml', [
    'title: "acmecorp quarterly, for j.doe@acmecorp.example"',
    'labels: { environment: acmecorp-production }',
    'servers:',
    `  - { url: "redis://j.doe:acmecorp-password@${HOSTS[0]}", instance: acmecorp-small, labels: { owner: acmecorp-shop, "acmecorp cost centre": "4711 j.doe", zone: acmecorp-1a } }`,
    ...HOSTS.slice(1).map((host, i) => `  - { url: "redis://${host}", labels: { owner: acmecorp-shop, zone: acmecorp-1${'bc'[i % 2]} } }`),
    `catalog: ["${catalog}"]`,
    'groups:',
    `  - { id: g, kind: cluster, nodes: ["10.66.77.*", "*acmecorp.internal*", "*fd66*"], zones: { "*fd66*": acmecorp-zone }, labels: { pager: acmecorp-on-call } }`,
    '  - { id: acmecorp fleet, kind: fleet, where: { owner: acmecorp-shop } }',
  ]);
  return {
    inputs: [writeCluster(write), writeTable(write)],
    options: ['--config', config, '--provider', 'acmecorp-cloud', '--system-memory', '1GiB'],
    home,
  };
}

type Write = (name: string, lines: readonly string[]) => string;

/** Recorded INFO, told as of four members of a cluster: two primaries with a replica each. */
function writeCluster(write: Write): string {
  const sample = join(import.meta.dirname, '..', '..', 'samples', 'steady-growth.txt.gz');
  const recorded = gunzipSync(readFileSync(sample))
    .toString('utf8')
    .split(/^(?=20\d\d-.*Z\n# Server)/m)
    .slice(1);
  const nodes = HOSTS.map((host, i) => {
    const role = i < 2 ? `${i === 0 ? 'myself,' : ''}master -` : `slave ${nodeId(i - 1)}`;
    return `${nodeId(i + 1)} ${host.replace(/[[\]]/g, '')}@1${host.slice(-4)},host-${i + 1}.acmecorp.internal ${role} 0 1426238316232 ${i + 1} connected${i < 2 ? ` ${i * 8192}-${i * 8192 + 8191}` : ''}`;
  });
  const dumps = recorded
    .filter((_, i) => i % STEP === 0)
    .flatMap((dump) => {
      const [stamp = '', ...info] = dump.split('\n');
      return HOSTS.flatMap((host, i) => [
        stamp,
        `j.doe@bastion.acmecorp.internal:~$ redis-cli -u redis://j.doe:acmecorp-password@${host} INFO`,
        ...tellAs(info, i),
      ]);
    });
  return write('acmecorp cluster.log', [...nodes, ...dumps]);
}

function tellAs(info: readonly string[], index: number): string[] {
  const isReplica = index >= 2;
  const told: Readonly<Record<string, string>> = {
    run_id: nodeId(index + 5),
    tcp_port: HOSTS[index]?.slice(-4) ?? '',
    cluster_enabled: '1',
    master_replid: nodeId((index % 2) + 1),
    executable: '/home/j.doe/acmecorp/redis-server',
    config_file: '/etc/acmecorp/redis.conf',
    role: isReplica ? `slave\r\nmaster_host:10.66.77.${index - 1}\r\nmaster_port:700${index - 1}\r\nmaster_link_status:up` : 'master',
    connected_slaves: isReplica
      ? '0'
      : `1\r\nslave0:ip=shard-${index + 3}.acmecorp.internal,port=700${index + 3},state=online,offset=0,lag=0`,
  };
  return info.map((line) => {
    const [name = ''] = line.split(':');
    return told[name] === undefined ? line : `${name}:${told[name]}`;
  });
}

/** Nodes whose names try to be something else, and rows and cells that are quoted where they are told to be unreadable. */
function writeTable(write: Write): string {
  const names = HOSTILE.filter((name) => !name.includes('\u0000') && name.length < 200).map((name) => `acmecorp ${name.toWellFormed()}`);
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const MiB = 2 ** 20;
  const rows = Array.from({ length: 16 * 24 }, (_, hour) =>
    names.map((name, i) =>
      [1_775_433_600 + hour * 3600, quote(name), (100 + 40 * i + hour * 0.3) * MiB, (110 + 40 * i + hour * 0.3) * MiB, 700 * MiB].join(','),
    ),
  );
  const bad = [
    'acmecorp-noon,acmecorp-shop,1,1,1',
    '/home/j.doe/noon,10.66.77.9,1,1,1',
    `1775433601,${quote('acmecorp-shop:1')},acmecorp-value,j.doe@acmecorp.example,1`,
  ];
  return write('acmecorp table.csv', ['timestamp,node,used_memory,used_memory_rss,maxmemory', ...rows.flat(), ...bad]);
}
