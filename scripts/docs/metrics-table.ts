// The metrics that Moose tells Prometheus, by their names.
import { metricFamilies } from '../../src/telemetry/metrics/metrics.ts';
import { markdownTable } from './markdown-table.ts';

export function metricsTable(): string {
  return markdownTable(
    ['metric', 'labels', 'tells'],
    metricFamilies().map(({ name, help, labels }) => [
      `\`${name}\``,
      labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  );
}
