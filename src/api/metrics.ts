// `/metrics` in Prometheus' format; the metrics themselves are defined elsewhere.
import { z } from '@hono/zod-openapi';
import type { Api } from './request/api.ts';
import { defineRoute, problems, reading } from './route-parts.ts';

export interface MetricsSource {
  contentType: string;
  scrape(signal: AbortSignal): Promise<string>;
}

const metrics = defineRoute({
  ...reading('/metrics', 'Metrics for Prometheus'),
  responses: {
    200: {
      description: 'Metrics in the Prometheus text format.',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problems(401),
  },
});

export function addMetrics(api: Api, source: MetricsSource): void {
  api.openapi(metrics, async (c) =>
    c.text(await source.scrape(c.get('signal')), 200, { 'content-type': source.contentType }),
  );
}
