/** Running servers: read by INFO, over ioredis, with the commands of an allow-list only. */
export { type Access, endpointName, isLiveUrl, parseTarget, type Target, type TlsSettings } from './address.ts';
export { type AddressMap, parseAddressMap } from './address-map.ts';
export { DEFAULT_KEYS_PER_SECOND, type KeyspaceOptions, type SampledKeyspace } from './keyspace/index.ts';
export { type DescribedTarget, type SamplingOptions, sampleServers } from './sampling.ts';
export { type WatchListener, type WatchOptions, watch } from './watch.ts';
