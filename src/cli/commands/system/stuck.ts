import type { Command } from 'commander';
import type { StuckWorkOrder } from '../../../contract/contract.ts';
import { listStuckWork } from '../../../contract/operations/monitoring.ts';
import { shortId } from '../../../domain/ids.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';
import { cut } from '../../terminal/table.ts';

export function addStuck(program: Command, context: CliContext): void {
  program
    .command('stuck')
    .description('list stuck work orders: for how long, why, and what would unblock them')
    .action(async (_options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const { items: found } = await ask(listStuckWork);
        printer.print(found, () => stuckLines(found));
      }),
    );
}

const titleCharsMax = 70;

export function stuckLines(found: readonly StuckWorkOrder[]): string[] {
  if (found.length === 0) return ['No stuck work orders.'];
  const stuck = found.filter(({ is_stuck }) => is_stuck);
  const waiting = found.filter(({ is_stuck }) => !is_stuck);
  return [
    ...stuck.flatMap(linesOf),
    ...(waiting.length > 0 ? [paint('bold', 'Waiting for an outage to end, not stuck yet')] : []),
    ...waiting.flatMap(linesOf),
  ].slice(0, -1);
}

function linesOf(view: StuckWorkOrder): string[] {
  const hours = paint(view.is_stuck ? 'yellow' : 'gray', `${view.stuck_hours} h`);
  const at = view.step === null ? view.status : `${view.status} · ${view.step}`;
  const last = view.last_progress
    ? `${view.last_progress}, ${view.last_progress_at?.slice(0, 16).replace('T', ' ')} UTC`
    : 'none so far';
  return [
    `${shortId(view.id)}  ${hours}  ${at}  ${view.project}  ${paint('bold', cut(view.title, titleCharsMax))}`,
    `  why            ${view.why}`,
    `  last progress  ${last}`,
    `  unblocked by   ${view.unblock}`,
    ...(view.escalated_at ? ['  asked          there is a question for you: `moose escalations`'] : []),
    '',
  ];
}
