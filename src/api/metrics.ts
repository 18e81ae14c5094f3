// `/metrics` in Prometheus' format; the metrics themselves are defined elsewhere.

import { scrapeMetrics } from '../contract/operations/health.ts';
import type { Api } from './request/api.ts';

export interface MetricsSource {
  contentType: string;
  scrape(signal: AbortSignal): Promise<string>;
}

export function addMetrics(api: Api, source: MetricsSource): void {
  api.openapi(scrapeMetrics, async (c) =>
    c.text(await source.scrape(c.get('signal')), 200, { 'content-type': source.contentType }),
  );
}
