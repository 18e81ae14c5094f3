import { type Command, Option } from 'commander';
import { statuses } from '../../domain/transitions.ts';
import type { CliContext } from '../context.ts';
import { withMoose } from '../flags.ts';
import { listLines } from '../view-lines.ts';

const listedMaxDefault = 50;

export function addLs(program: Command, context: CliContext): void {
  program
    .command('ls')
    .description('list work orders, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(statuses))
    .option('--limit <n>', 'how many', String(listedMaxDefault))
    .action(async (options: { status?: (typeof statuses)[number]; limit: string }, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const limit = Math.max(1, Math.min(10_000, Number(options.limit) || listedMaxDefault));
        const views = await moose.list({ limit, ...(options.status ? { statuses: [options.status] } : {}) });
        // A document has the documented keys alone; `moose stuck --json` tells of these.
        const stuck = face.isJson ? [] : (await moose.stuck()).filter(({ is_stuck }) => is_stuck);
        const hours = new Map(stuck.map((one) => [one.id, one.stuck_hours]));
        face.print(views, () => listLines(views, process.stdout.columns ?? 120, hours));
      }),
    );
}
