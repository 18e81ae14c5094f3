// The commands that run the plans of specs: approve, run, status, pause, resume, cancel, retry.

import type { Command } from 'commander';
import type { SpecPlanning, SpecRun } from '../../../contract/contract.ts';
import type { Ask } from '../../../contract/operations/ask.ts';
import {
  approveSpec,
  cancelSpec,
  pauseSpec,
  resumeSpec,
  retrySpec,
  runSpec,
  showSpecRun,
} from '../../../contract/operations/spec-runs.ts';
import { showSpecPlanning } from '../../../contract/operations/specs.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';
import { planningLines } from '../../lines/plan-lines.ts';
import { specRunLines } from '../../lines/spec-run-lines.ts';
import type { Printer } from '../../terminal/printer.ts';

export const parseVersion = countUpTo(1_000_000);

export function addSpecRuns(specs: Command, context: CliContext): void {
  const planned = (name: string, description: string, operation: typeof approveSpec | typeof runSpec) =>
    specs
      .command(`${name} <id>`)
      .description(description)
      .option('--plan <version>', 'the version to approve, which must be the newest', parseVersion)
      .action(async (id: string, { plan }: { plan?: number }, command: Command) =>
        withMoose(context, command, async ({ ask }, printer) => {
          await ask(operation, { params: { id }, body: { plan } });
          await printStatus(ask, printer, id);
        }),
      );
  planned(
    'approve',
    'approve the plan of a spec: its work orders are stored, and nothing starts',
    approveSpec,
  );
  planned('run', 'start or resume the plan of a spec, and approve it first if nobody has', runSpec);
  type Act = typeof pauseSpec | typeof resumeSpec | typeof cancelSpec | typeof retrySpec;
  const simple = (name: string, description: string, act?: Act) =>
    specs
      .command(`${name} <id>`)
      .description(description)
      .action(async (id: string, _options: unknown, command: Command) =>
        withMoose(context, command, async ({ ask }, printer) => {
          if (act) await ask(act, { params: { id } });
          await printStatus(ask, printer, id);
        }),
      );
  simple('status', 'show the progress of a spec: work orders, what each waits for, and cost');
  simple('pause', 'pause all work orders of a spec: nothing starts until it is resumed', pauseSpec);
  simple('resume', 'resume a paused spec where it stopped', resumeSpec);
  simple('cancel', 'cancel all work orders of a spec that are not completed', cancelSpec);
  simple('retry', 'retry the work orders of a spec that failed, were cancelled or need review', retrySpec);
}

async function printStatus(ask: Ask, printer: Printer, id: string): Promise<void> {
  const { planning } = await ask(showSpecPlanning, { params: { id } });
  const { run } = await ask(showSpecRun, { params: { id } });
  printer.print({ planning, run }, () => statusLines(planning, run));
}

function statusLines(planning: SpecPlanning | null, run: SpecRun | null): string[] {
  if (run) return specRunLines(run);
  if (planning === null) return ['Nobody has asked for a plan yet: `moose spec plan ID` does.'];
  return planning.state === 'planned'
    ? [...planningLines(planning), 'The plan is ready: `moose spec run ID` approves and runs it.']
    : planningLines(planning);
}
