import type { Command } from 'commander';
import type { Alert } from '../../../contract/contract.ts';
import { listAlerts, resolveAlert } from '../../../contract/operations/monitoring.ts';
import { shortId } from '../../../domain/ids.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';
import { table } from '../../terminal/table.ts';

interface AlertFlags {
  all?: boolean;
  resolve?: string;
}

const widthDefault = 120;
const colours = { low: 'gray', medium: 'yellow', high: 'yellow', critical: 'red' } as const;

export function addAlerts(program: Command, context: CliContext): void {
  program
    .command('alerts')
    .description('list problems with Moose itself, or with what it depends on')
    .option('--all', 'include resolved alerts')
    .option('--resolve <id>', 'mark this alert as resolved')
    .action(async (options: AlertFlags, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        if (options.resolve !== undefined) {
          const alert = await ask(resolveAlert, { params: { id: options.resolve } });
          return printer.print(alert, () => `Resolved: ${alert.message}`);
        }
        const { items: alerts } = await ask(listAlerts, { query: { all: options.all === true } });
        printer.print(alerts, () => lines(alerts, process.stdout.columns ?? widthDefault));
      }),
    );
}

function lines(alerts: readonly Alert[], widthMax: number): string[] {
  if (alerts.length === 0) return ['No open alerts.'];
  return table(
    ['ID', 'SEVERITY', 'TIMES', 'LAST SEEN', 'CODE', 'MESSAGE'],
    alerts.map((alert) => [
      shortId(alert.id),
      alert.resolved_at === null
        ? paint(colours[alert.severity], alert.severity)
        : paint('gray', `resolved by ${alert.resolved_by ?? 'moose'}`),
      String(alert.times),
      `${alert.last_seen_at.slice(0, 16).replace('T', ' ')} UTC`,
      alert.code ?? alert.component,
      alert.message,
    ]),
    widthMax,
  );
}
