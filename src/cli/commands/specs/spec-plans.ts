// The commands for the plans of specs: make, read and edit them.

import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Spec, SpecPlanChanges, SpecPlanning } from '../../../contract/contract.ts';
import { showMe } from '../../../contract/operations/sign-in.ts';
import {
  cancelSpecPlanning,
  editSpecPlan,
  listSpecContracts,
  listSpecDecisions,
  listSpecPlans,
  planSpec,
  showSpec,
  showSpecPlan,
  showSpecPlanChanges,
  showSpecPlanning,
  uploadSpec,
} from '../../../contract/operations/specs.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import type { CliContext, OpenMoose } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { withMoose } from '../../input/flags.ts';
import { readText } from '../../input/read-text.ts';
import { contractStateLines } from '../../lines/contract-lines.ts';
import { changeLines } from '../../lines/plan-change-lines.ts';
import { decisionLines, planLines, planningLines, versionLines } from '../../lines/plan-lines.ts';
import { type Printer, paint } from '../../terminal/printer.ts';
import { parseVersion } from './spec-runs.ts';

const askEveryMs = 500;

interface PlanFlags {
  project?: string;
  again?: boolean;
  run?: boolean;
  wait: boolean;
}

export function addSpecPlans(specs: Command, context: CliContext): void {
  specs
    .command('plan <spec>')
    .description('plan a spec: the Architect, a model, divides it into work orders; a file is stored first')
    .option('--project <name>', 'the project whose repository it reads')
    .option('--again', 'plan it again, at extra cost, even if it already has a plan')
    .option('--run', 'have the Director decide about the plan: run it if its risk is low, or ask a person')
    .option('--no-wait', 'do not wait until the plan is written')
    .action(async (given: string, flags: PlanFlags, command: Command) =>
      withMoose(context, command, async (opened, printer) => {
        const { ask } = opened;
        const { id, run_state } = await specCalled(opened, printer, {
          given,
          project: flags.project,
          signal: context.signal,
        });
        const { project, again, run } = flags;
        const planning = await ask(planSpec, { params: { id }, body: { project, again, run } });
        if (planning.ended_at !== null) printer.note(plannedNote(id, run_state));
        if (!flags.wait) return printer.print(planning, () => planningLines(planning));
        const ended = await untilPlanned(context, opened, printer, id, planning, flags.run === true);
        const plan = ended.state === 'planned' ? await ask(showSpecPlan, { params: { id } }) : null;
        if (plan && flags.run) {
          const decisions = await ask(listSpecDecisions, { params: { id } });
          return printer.print(decisions, () => [...planLines(plan), '', ...decisionLines(decisions)]);
        }
        printer.print(plan ?? ended, () => [...planningLines(ended), '', ...(plan ? planLines(plan) : [])]);
        if (!plan) process.exitCode = exitCodes.needsReview;
      }),
    );
  specs
    .command('decisions <id>')
    .description('list the decisions about the plans of a spec, with reasons')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const decisions = await ask(listSpecDecisions, { params: { id } });
        printer.print(decisions, () => decisionLines(decisions));
      }),
    );
  specs
    .command('versions <id>')
    .description("list the versions of a spec's plan, with author and reason")
    .option('--diff', 'show why each version was refused, and what the next one changed')
    .action(async (id: string, { diff }: { diff?: boolean }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { items: versions } = await ask(listSpecPlans, { params: { id } });
        if (!diff) return printer.print(versions, () => versionLines(versions));
        const changes: SpecPlanChanges[] = [];
        for (const { version } of versions)
          changes.push(await ask(showSpecPlanChanges, { params: { id }, query: { version } }));
        printer.print(changes, () =>
          changes.length === 0 ? versionLines([]) : changes.flatMap(changeLines),
        );
      }),
    );
  specs
    .command('contracts <id>')
    .description(
      'list the contracts between the work orders of a plan, with their state and what breaks them',
    )
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const contracts = await ask(listSpecContracts, { params: { id } });
        printer.print(contracts, () => contractStateLines(contracts));
      }),
    );
  specs
    .command('stop <id>')
    .description('stop planning a spec, and release the money that was not spent')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { planning } = await ask(cancelSpecPlanning, { params: { id } });
        printer.print({ planning }, () => (planning ? planningLines(planning) : ['Nothing to stop.']));
      }),
    );
  specs
    .command('edit <id>')
    .description('store an edited plan as the next version of the plan, if it is valid')
    .requiredOption(
      '--file <file>',
      'the plan as `moose spec show ID --json` prints it (`-` reads standard input)',
    )
    .option(
      '--after <version>',
      'the version that was edited (default: the one in the file, or the newest)',
      parseVersion,
    )
    .option('--because <why>', 'why it was edited')
    .action(async (id: string, flags: { file: string; after?: number; because?: string }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { plan, version } = planIn(await readText(`@${flags.file}`, context.signal));
        const after = flags.after ?? version ?? (await ask(showSpecPlan, { params: { id } })).version;
        const made = await ask(editSpecPlan, {
          params: { id },
          body: { plan, after, because: flags.because },
        });
        printer.print(made, () => planLines(made));
      }),
    );
}

/** An approved plan is never replaced, so the advice is another one. */
function plannedNote(id: string, runState: Spec['run_state']): string {
  if (runState === null) return `It already has a plan: ${paint('bold', '--again')} plans it again.`;
  const status = paint('bold', `moose spec status ${shortId(id)}`);
  return `Its plan is approved: ${status} shows how far it is. For another plan, store the text as a new spec.`;
}

/** A file with this name is stored as a spec first. */
async function specCalled(
  { ask }: OpenMoose,
  printer: Printer,
  { given, project, signal }: { given: string; project: string | undefined; signal: AbortSignal },
): Promise<Pick<Spec, 'id' | 'run_state'>> {
  const isFile = given === '-' || (existsSync(given) && statSync(given).isFile());
  if (!isFile) return ask(showSpec, { params: { id: given } });
  const name = given === '-' ? 'spec' : basename(given);
  const content = await readText(`@${given}`, signal);
  const spec = await ask(uploadSpec, { body: { name, content, project } });
  const { id, estimate } = spec;
  printer.note(
    `${paint('bold', shortId(id))}  planning it costs at most ${formatUsdNumber(estimate.architect_usd)}`,
  );
  return spec;
}

/** If no Moose is running, this process does the work itself. */
async function untilPlanned(
  context: CliContext,
  opened: OpenMoose,
  printer: Printer,
  id: string,
  asked: SpecPlanning,
  isToRun: boolean,
): Promise<SpecPlanning> {
  const { ask, server } = opened;
  const lost = new AbortController();
  const runsElsewhere = server !== null || (await ask(showMe)).executors > 0;
  const worker = runsElsewhere ? null : await opened.work((error) => lost.abort(error));
  const signal = AbortSignal.any([context.signal, lost.signal]);
  try {
    for (let last = ''; ; ) {
      const now = (await ask(showSpecPlanning, { params: { id } })).planning ?? asked;
      const isDecided =
        !isToRun || now.state !== 'planned' || !(await ask(listSpecDecisions, { params: { id } })).is_open;
      if (now.ended_at !== null && isDecided) return now;
      const [said = ''] = planningLines(now);
      if (said !== last) printer.note(said);
      last = said;
      await sleep(askEveryMs, signal);
    }
  } finally {
    await worker?.close();
  }
}

/** A plan as such, or in the form that Moose prints. */
function planIn(text: string): { plan: unknown; version?: number } {
  const given = parsed(text);
  if (typeof given !== 'object' || given === null || !('plan' in given)) return { plan: given };
  const { plan } = given;
  const version = 'version' in given && typeof given.version === 'number' ? given.version : undefined;
  return { plan, ...(version === undefined ? {} : { version }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw cliFailures.PLAN_NOT_JSON({ operation: 'read plan', cause }, { message: cause.message });
  }
}
