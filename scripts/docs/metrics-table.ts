// The metrics for Prometheus, by name.
import { Registry } from 'prom-client';
import { registerMetrics } from '../../src/telemetry/metrics/metrics.ts';
import { markdownTable } from './markdown-table.ts';

export function metricsTable(): string {
  const registry = new Registry();
  registerMetrics(registry, new Date(0));
  // The type lacks the labels, which every metric has.
  const metrics = registry.getMetricsAsArray() as unknown as {
    name: string;
    help: string;
    labelNames?: string[];
  }[];
  return markdownTable(
    ['metric', 'labels', 'tells'],
    metrics.map(({ name, help, labelNames = [] }) => [
      `\`${name}\``,
      labelNames.length === 0 ? '–' : labelNames.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  );
}
