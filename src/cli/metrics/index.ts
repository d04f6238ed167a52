import type { HistoryWriter } from '../../history/folder/index.ts';
import type { CollectState } from '../collect-state.ts';
import { CollectMetrics } from './collect-metrics.ts';
import { jsonPage, openEndpoint } from './endpoint.ts';
import { judgeHealth } from './health.ts';

export type { CollectMetrics } from './collect-metrics.ts';

/** The port that a collector answers on: `/metrics` for Prometheus, `/healthz` and `/livez` for whoever looks after it. */
export interface MetricsEndpoint {
  readonly url: string;
  /** Fills the pages; before, all of them answer 503. */
  readonly start: (state: CollectState, writer: HistoryWriter, historyRoot: string) => CollectMetrics;
  readonly close: () => Promise<void>;
}

/** @throws ConfigError where nothing can listen there */
export async function openMetrics(host: string, port: number): Promise<MetricsEndpoint> {
  const { url, serve, close } = await openEndpoint(host, port);
  const start = (state: CollectState, writer: HistoryWriter, historyRoot: string): CollectMetrics => {
    const metrics = new CollectMetrics(state, writer, historyRoot);
    serve(async (path) => {
      if (path === '/metrics') return { status: 200, type: metrics.contentType, text: await metrics.text() };
      if (path === '/livez') return jsonPage(200, { status: 'ok' });
      if (path !== '/healthz') return undefined;
      const { healthy, ...rest } = judgeHealth(state, performance.now());
      return jsonPage(healthy ? 200 : 503, { status: healthy ? 'ok' : 'failing', ...rest });
    });
    return metrics;
  };
  return { url, start, close };
}
