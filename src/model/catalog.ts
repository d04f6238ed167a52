/** One row of an instance catalog. Absent means that no source gave the figure, never zero. */
export interface CatalogEntry {
  readonly provider: string;
  readonly offering: string;
  readonly name: string;
  readonly family: string;
  readonly vcpu?: number;
  /** Memory of one node in bytes (RAM only). */
  readonly memoryBytes?: number;
  /** Left for data under the provider's default reservation. */
  readonly usableBytes?: number;
  /** `maxmemory` before the provider's reservation. */
  readonly defaultMaxmemoryBytes?: number;
  readonly networkBaselineGbps?: number;
  readonly networkBurstGbps?: number;
  readonly maxClients?: number;
  readonly priceUsdHour?: number;
  readonly priceRegion?: string;
  readonly priceAsOf?: string;
  readonly source: string;
}
