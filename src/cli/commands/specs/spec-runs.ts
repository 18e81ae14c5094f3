// The commands that run the plans of specs: approve, run, status, pause, resume, cancel, retry.
import type { Command } from 'commander';
import type { SpecPlanning, SpecRun } from '../../../contract/contract.ts';
import type { CliMoose } from '../../cli-moose.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';
import { planningLines } from '../../lines/plan-lines.ts';
import { specRunLines } from '../../lines/spec-run-lines.ts';
import type { Printer } from '../../terminal/printer.ts';

export const parseVersion = countUpTo(1_000_000);

export function addSpecRuns(specs: Command, context: CliContext): void {
  const planned = (name: string, description: string, act: (moose: CliMoose) => CliMoose['specs']['run']) =>
    specs
      .command(`${name} <id>`)
      .description(description)
      .option('--plan <version>', 'the version to approve, which must be the newest', parseVersion)
      .action(async (id: string, { plan }: { plan?: number }, command: Command) =>
        withMoose(context, command, async ({ moose }, printer) => {
          await act(moose)(id, { plan });
          await printStatus(moose, printer, id);
        }),
      );
  planned(
    'approve',
    'approve the plan of a spec: its work orders are stored, and nothing starts',
    ({ specs: asked }) => asked.approve,
  );
  planned(
    'run',
    'start or resume the plan of a spec, and approve it first if nobody has',
    ({ specs: asked }) => asked.run,
  );
  const simple = (name: string, description: string, act: (moose: CliMoose, id: string) => Promise<void>) =>
    specs
      .command(`${name} <id>`)
      .description(description)
      .action(async (id: string, _options: unknown, command: Command) =>
        withMoose(context, command, async ({ moose }, printer) => {
          await act(moose, id);
          await printStatus(moose, printer, id);
        }),
      );
  simple('status', 'show the progress of a spec: work orders, what each waits for, and cost', async () => {});
  simple('pause', 'pause all work orders of a spec: nothing starts until it is resumed', (moose, id) =>
    moose.specs.pause(id),
  );
  simple('resume', 'resume a paused spec where it stopped', (moose, id) => moose.specs.resume(id));
  simple('cancel', 'cancel all work orders of a spec that are not completed', (moose, id) =>
    moose.specs.cancel(id),
  );
  simple('retry', 'retry the work orders of a spec that failed, were cancelled or need review', (moose, id) =>
    moose.specs.retry(id),
  );
}

async function printStatus(moose: CliMoose, printer: Printer, id: string): Promise<void> {
  const planning = await moose.specs.planning(id);
  const run = await moose.specs.runOf(id);
  printer.print({ planning, run }, () => statusLines(planning, run));
}

function statusLines(planning: SpecPlanning | null, run: SpecRun | null): string[] {
  if (run) return specRunLines(run);
  if (planning === null) return ['Nobody has asked for a plan yet: `moose spec plan ID` does.'];
  return planning.state === 'planned'
    ? [...planningLines(planning), 'The plan is ready: `moose spec run ID` approves and runs it.']
    : planningLines(planning);
}
