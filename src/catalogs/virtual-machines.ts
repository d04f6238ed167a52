import { type ProviderRule, usableByTargetRatio } from './provider-rule.ts';

/** Machines of one's own: nothing is reserved for us, so the whole budget (forks, page tables, operating system) must fit. */
const shared = {
  kind: 'machine',
  engines: ['redis', 'valkey'],
  compares: 'machine',
  usable: usableByTargetRatio,
  // Redis and Valkey clusters are specified up to about 1,000 nodes; primaries only.
  maxShards: 500,
  // One processor would be shared by commands, background threads and the saving child.
  isSpecial: ({ vcpu }) => vcpu !== undefined && vcpu < 2,
} as const satisfies Omit<ProviderRule, 'id' | 'offerings' | 'provider'>;

export const awsEc2: ProviderRule = { ...shared, id: 'aws-ec2', provider: 'aws', offerings: ['ec2'] };
export const gcpCompute: ProviderRule = { ...shared, id: 'gcp-compute', provider: 'gcp', offerings: ['compute-engine'] };
export const azureVm: ProviderRule = { ...shared, id: 'azure-vm', provider: 'azure', offerings: ['virtual-machines'] };
