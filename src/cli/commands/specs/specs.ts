import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Spec, SpecEstimate } from '../../../contract/contract.ts';
import {
  estimateSpec,
  listSpecPlans,
  listSpecs,
  showSpec,
  showSpecPlan,
  uploadSpec,
} from '../../../contract/operations/specs.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { parseName } from '../../input/parse-name.ts';
import { readText } from '../../input/read-text.ts';
import { planLines } from '../../lines/plan-lines.ts';
import { paint } from '../../terminal/printer.ts';
import { table } from '../../terminal/table.ts';
import { addSpecPlans } from './spec-plans.ts';
import { addSpecRuns, parseVersion } from './spec-runs.ts';

const listedMax = 100;
const widthMax = 120;

export function addSpecs(program: Command, context: CliContext): void {
  const specs = program
    .command('spec')
    .alias('specs')
    .description('manage specs (texts that describe what to build): estimate their cost, and plan them');
  specs
    .command('ls', { isDefault: true })
    .description('list stored specs, newest first')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { items } = await ask(listSpecs, { query: { limit: listedMax } });
        printer.print(items, () => listLines(items));
      }),
    );
  specs
    .command('show <id>')
    .description('show the plan of a spec, or its text if it has no plan')
    .option('--text', 'show the text even if the spec has a plan')
    .option('--plan <version>', 'show this version of the plan', parseVersion)
    .action(async (id: string, flags: { text?: boolean; plan?: number }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const spec = await ask(showSpec, { params: { id } });
        const hasPlan =
          !flags.text &&
          (flags.plan !== undefined || (await ask(listSpecPlans, { params: { id } })).items.length > 0);
        if (hasPlan) {
          const plan = await ask(showSpecPlan, { params: { id }, query: { version: flags.plan } });
          return printer.print(plan, () => [...headLines(spec), ...planLines(plan)]);
        }
        printer.print(spec, () => [...headLines(spec), ...estimateLines(spec.estimate), '', spec.content]);
      }),
    );
  specs
    .command('estimate <file>')
    .description('estimate the cost of a spec without storing it (`-` reads standard input)')
    .action(async (file: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const estimate = await ask(estimateSpec, {
          body: { name: 'spec', content: await readText(`@${file}`, context.signal) },
        });
        printer.print(estimate, () => estimateLines(estimate));
      }),
    );
  specs
    .command('upload <file>')
    .description('store a spec (`-` reads standard input)')
    .option('--name <name>', 'its name (default: the name of the file)', parseName)
    .option('--project <name>', 'the project it belongs to')
    .action(async (file: string, flags: { name?: string; project?: string }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const name = flags.name ?? (file === '-' ? 'spec' : basename(file));
        const spec = await ask(uploadSpec, {
          body: {
            name,
            content: await readText(`@${file}`, context.signal),
            project: flags.project,
          },
        });
        printer.print(spec, () => [...headLines(spec), ...estimateLines(spec.estimate)]);
      }),
    );
  addSpecPlans(specs, context);
  addSpecRuns(specs, context);
}

function headLines({ id, name, project, bytes, created_by, created_at }: Spec): string[] {
  const where = project === null ? '' : `, for ${project}`;
  const when = `${created_at.slice(0, 16).replace('T', ' ')} UTC`;
  return [`${paint('bold', shortId(id))}  ${name}${where}: ${bytes} bytes, by ${created_by} at ${when}`];
}

function listLines(specs: readonly Spec[]): string[] {
  if (specs.length === 0) return ['No specs yet. `moose spec upload FILE` stores one.'];
  return table(
    ['ID', 'CREATED', 'BY', 'WORK ORDERS', 'COST', 'PROJECT', 'NAME'],
    specs.map(({ id, created_at, created_by, estimate, project, name }) => [
      ...[shortId(id), created_at.slice(0, 10), created_by, spanText(estimate.work_orders)],
      `${usdText(estimate.work_usd.low)} to ${usdText(estimate.work_usd.high)}`,
      ...[project ?? '', name],
    ]),
    widthMax,
  );
}

export function estimateLines(estimate: SpecEstimate): string[] {
  const { tokens, sections, architect_model, architect_usd, work_orders, work_usd, basis, warnings } =
    estimate;
  const split = architect_model === '' ? '' : ` with ${architect_model}`;
  return [
    `about ${tokens} tokens in ${sections} ${sections === 1 ? 'section' : 'sections'}`,
    `splitting it${split}: at most ${usdText(architect_usd)}`,
    `work orders: ${spanText(work_orders)}, for ${usdText(work_usd.low)} to ${usdText(work_usd.high)}`,
    basis,
    ...warnings.map((text) => paint('yellow', text)),
  ];
}

const usdText = formatUsdNumber;
const spanText = ({ low, high }: { low: number; high: number }) =>
  low === high ? String(low) : `${low} to ${high}`;
