// Walks all commands: what each prints with --json is exactly what src/contract says of it.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterEach, expect, test } from 'vitest';
import { aStory } from '../src/api/work-order-story.fixture.ts';
import { explainError } from '../src/app/errors/explain-error.ts';
import type { CliContext } from '../src/cli/context.ts';
import { createProgram } from '../src/cli/program.ts';
import { printedDocuments } from '../src/contract/contract.ts';
import { planned, planOf } from '../src/domain/plan/plan.fixture.ts';
import { experimentsAs, learningProject } from '../src/engine/learning/experiment-ground.fixture.ts';
import { createMoose } from '../src/engine/moose.ts';
import { createKeyRing } from '../src/engine/policy/secrets/key-ring.ts';
import { asking } from '../src/engine/questions/asking.fixture.ts';
import { scratchWork } from '../src/engine/scratch-work.fixture.ts';
import { scratchDirectory, scratchRepository } from '../src/git/scratch-repository.fixture.ts';
import { systemClock } from '../src/stdx/clock.ts';
import { raiseAlert } from '../src/store/failures/alerts.ts';
import { addPlan, askPlanning } from '../src/store/work/plans/plannings.ts';
import { giveProject } from '../src/store/work/plans/specs.ts';
import { aWorkOrderAtWork } from '../src/store/work/scratch-rows.fixture.ts';
import { saveArtifact } from '../src/store/work/sessions/artifacts.ts';
import { changeWorkOrder } from '../src/store/work/work-orders/work-orders.ts';
import { commandLineAsk } from './command-line-ask.ts';
import { testDatabase } from './database.ts';
import { runSchedules } from './run-schedules.fixture.ts';

type Name = keyof typeof printedDocuments;

/** These need standard input, a terminal or a whole Moose. Most of them are checked beside their code. */
const elsewhere: readonly Name[] = [
  'agents certify',
  'attach',
  'backup',
  'chaos',
  'classify',
  'cleanup',
  'contract check',
  'demo',
  'init',
  'invites create',
  'invites revoke',
  'learning compare',
  'preview',
  'reconcile',
  'replay',
  'restore',
  'spec plan',
  'up',
  'verify',
  'worker',
];
/** Speaks another protocol on standard output. */
const withoutDocument = ['mcp'];

function namesOf(command: Command, path: readonly string[] = []): string[] {
  const own = command.commands.filter((each) => each.name() !== 'help');
  // These print something themselves, in place of a default subcommand.
  const isRunnable =
    path.length > 0 && (own.length === 0 || ['config', 'errors', 'learning'].includes(path.join(' ')));
  return [
    ...(isRunnable ? [path.join(' ')] : []),
    ...own.flatMap((each) => namesOf(each, [...path, each.name()])),
  ];
}

/** The command line over a database that holds some of everything. */
async function aGround() {
  const database = await testDatabase();
  const dataDirectory = scratchDirectory();
  const work = await scratchWork(database, { step: 'tracking', dataDirectory });
  const { forges, recovery } = work;
  const moose = createMoose({
    signal: new AbortController().signal,
    database,
    clock: systemClock,
    actor: 'human:ada',
    forges,
    recovery,
    known: { agentNames: ['patch'], assertModel: async () => undefined },
    keyRing: createKeyRing({ dataDirectory }),
  });
  const printed: unknown[] = [];
  const print = (document: unknown) => void printed.push(JSON.parse(JSON.stringify(document)));
  const absent = () => expect.unreachable('this needs a whole Moose');
  const context: CliContext = {
    version: '1.0.0',
    signal: new AbortController().signal,
    printer: () => ({
      isJson: true,
      isTerminal: false,
      note: () => undefined,
      print,
      printExactly: print,
      printSecret: print,
      stream: print,
    }),
    open: async () => ({
      ask: commandLineAsk(database, moose, { actor: 'human:ada' }),
      server: null,
      ground: 'a test',
      close: async () => undefined,
      work: absent,
      serve: absent,
      serveProbes: absent,
      mcp: absent,
    }),
    address: async () => ({
      openUrl: 'http://m',
      signInUrl: 'http://m/#t',
      signInPath: '/s',
      tokenPath: '/t',
    }),
    explainError: async (code) => explainError(code),
    diagnose: async () => [{ name: 'git', state: 'ok', found: 'git 2.47', advice: null }],
    init: absent,
    logins: async () => ({
      signIn: async () => ({ path: '/logins/codex/auth.json' }),
      signOut: async () => ({ path: '/logins/codex/auth.json', was_there: true }),
    }),
    backups: absent,
    demo: absent,
    faultDemo: absent,
    certify: absent,
    chaos: absent,
  };
  const checked = new Set<string>();
  /** Runs a command, checks what it printed, and returns the last document. */
  const run = async (name: Name, ...args: string[]) => {
    printed.length = 0;
    await createProgram(context, []).parseAsync([...name.split(' '), ...args, '--json'], { from: 'user' });
    expect(printed.length, name).toBeGreaterThan(0);
    // A member that the shape does not name is dropped, and then the two differ.
    for (const document of printed) expect(printedDocuments[name].parse(document), name).toEqual(document);
    checked.add(name);
    return printed.at(-1) as Record<string, string>;
  };
  return { database, work, run, checked, names: namesOf(createProgram(context, [])) };
}

type Ground = Awaited<ReturnType<typeof aGround>>;

async function aPullRequest({ database, work }: Ground): Promise<void> {
  const { order, forge, run } = work;
  const branch = 'moose/12345678-mend-it';
  await changeWorkOrder(database.query, order.id, {}, { branch, changedBy: 'test', changedBecause: 'test' });
  const sha = 'a'.repeat(40);
  const draft = { title: 't', body: 'b', headBranch: branch, headSha: sha, baseBranch: 'main', baseSha: sha };
  await forge.openPullRequest({ ...draft, workOrderId: order.id });
  const of = { workOrderId: order.id, runId: run.id, cycle: 0 };
  await saveArtifact(database.query, { ...of, kind: 'patch', content: Buffer.from('diff') });
}

afterEach(() => {
  process.exitCode = undefined;
});

/** Commands that only read, over a work order with a story. */
async function runReaders({ database, work, run }: Ground): Promise<void> {
  const of = await aWorkOrderAtWork(database, { step: 'verifying' });
  const { errorId } = await aStory(database, of);
  for (const name of [
    'ls',
    'health',
    'stuck',
    'machine ls',
    'summary',
    'trends',
    'learning',
    'learning patterns',
    'learning policy',
    'learning calibration',
    'targets',
    'audit',
    'limits',
  ] as const)
    await run(name);
  const { id: exclusion = '' } = await run('learning stop', 'a/one', '--word', 'auth');
  await run('learning allow', exclusion);
  const { project } = await learningProject(database);
  const compared = { project, a: 'static', b: 'fixed:p/light', cap_usd: 5 };
  const { id: experiment } = await experimentsAs(database).startExperiment(compared);
  await run('learning experiments');
  await run('learning end', experiment);
  for (const name of ['budget', 'prices'] as const) {
    await run(name);
    await run(name, '--check');
  }
  for (const name of ['show', 'explain', 'logs'] as const) await run(name, of.workOrderId);
  for (const name of ['open', 'doctor', 'agents ls', 'upgrade'] as const) await run(name);
  for (const act of ['login', 'logout'] as const) await run(`agents ${act}`, 'codex');
  await run('completion', 'bash');
  await run('diff', work.order.id);
  await run('errors');
  await run('errors', '--all');
  await run('errors explain', 'GIT_LOCKED');
  await run('errors', errorId);
  await run('reproduce', errorId, '--into', join(scratchDirectory(), 'again'));
}

async function runAnswers({ database, run }: Ground): Promise<void> {
  const [first, second, third] = [await asking(database), await asking(database), await asking(database)];
  const alert = { severity: 'high', component: 'gateway', operation: 'start', code: 'X' } as const;
  const raised = await raiseAlert(database.query, { ...alert, key: 'k', message: 'It does not start.' });
  await run('alerts');
  await run('alerts', '--resolve', raised.id);
  await run('escalations');
  await run('escalations', first.id);
  await run('hand-on', first.id, 'eve');
  await run('answer', first.id, 'cancel');
  await run('postmortem', second.workOrderId);
  await run('retry', second.workOrderId, '--from', 'verifying');
  await run('undo', third.workOrderId, '--plan');
  await run('undo', third.workOrderId);
}

async function runWork({ work, run }: Ground): Promise<void> {
  await run('merge', work.order.id);
  const { path } = scratchRepository();
  const { id = '' } = await run('run', 'Mend it', '--repo', path, '--needs-approval');
  await run('approve', id);
  await run('pause', id);
  await run('send', id, 'Mind the tests');
  await run('resume', id);
  await run('cancel', id);
}

async function runProjects({ run }: Ground): Promise<void> {
  await run('project add', scratchRepository().path, '--name', 'other');
  await run('project ls');
  await run('project show', 'other');
  await run('project set', 'other', '--agent', 'patch');
  await run('project variable set', 'other', 'LEVEL', '--plain', '--value', 'low');
  await run('project variable ls', 'other');
  await run('project variable key');
  await run('project variable rotate');
  await run('project variable rm', 'other', 'LEVEL');
  await run('project rm', 'other');
}

async function runForges({ run }: Ground): Promise<void> {
  await run('forge add', 'github.com', '--kind', 'github', '--token-env', 'MOOSE_FORGE_TOKEN');
  await run('forge ls');
  await run('forge check');
  await run('forge rm', 'github.com');
}

async function runTokensAndSpecs(ground: Ground): Promise<void> {
  const { run } = ground;
  const token = await run('tokens create', 'ci');
  for (const name of ['tokens ls', 'invites ls'] as const) await run(name);
  await run('tokens revoke', token.id ?? '');
  const path = join(scratchDirectory(), 'spec.md');
  writeFileSync(path, '# Spec\n\n- Mend the parser.\n- Test it.\n');
  await run('spec estimate', path);
  const spec = await run('spec upload', path);
  await run('spec ls');
  await run('spec show', spec.id ?? '');
  await runPlans(ground, spec.id ?? '');
}

async function runPlans({ run, database, work }: Ground, specId: string): Promise<void> {
  const projectId = work.order.projectId;
  await giveProject(database.query, specId, projectId);
  const asked = { specId, projectId, model: 'scripted/strong', limitNanoUsd: 1n, askedBy: 'human:ada' };
  await askPlanning(database.query, { ...asked, id: randomUUID() });
  await run('spec status', specId);
  await run('spec stop', specId);
  const plan = planOf([planned('basket')]);
  const made = {
    id: randomUUID(),
    plan,
    problems: [],
    planningId: null,
    madeBy: 'human:ada',
    because: 'planned',
  };
  await addPlan(database.query, { ...made, specId });
  await run('spec versions', specId);
  await run('spec versions', specId, '--diff');
  await run('spec contracts', specId);
  await run('spec decisions', specId);
  await run('spec show', specId);
  const path = join(scratchDirectory(), 'plan.json');
  writeFileSync(path, JSON.stringify(plan));
  await run('spec edit', specId, '--file', path);
  await run('spec approve', specId, '--plan', '2');
  for (const act of ['run', 'pause', 'resume', 'retry', 'cancel'] as const) await run(`spec ${act}`, specId);
  await run('spec status', specId);
}

async function runSettings({ run }: Ground): Promise<void> {
  const key = 'settings.limits.model_attempts';
  await run('config');
  await run('config get', key);
  await run('config set', key, '2');
  await run('config history', key);
  await run('config unset', key);
  await run('config answers', '--all');
  for (const more of [[], ['--shipped']]) await run('config policies', ...more);
  for (const act of [['--open'], [], ['--reset']]) await run('circuits', 'provider:one', ...act);
  await run('circuits');
}

test('what every command prints with --json is declared in src/contract', async () => {
  const ground = await aGround();
  const declared = Object.keys(printedDocuments).sort();
  expect(ground.names.filter((name) => !withoutDocument.includes(name)).sort()).toEqual(declared);
  await aPullRequest(ground);
  for (const part of [
    runReaders,
    runAnswers,
    runWork,
    runProjects,
    runForges,
    runSchedules,
    runTokensAndSpecs,
    runSettings,
  ])
    await part(ground);
  expect([...ground.checked, ...elsewhere].sort()).toEqual(declared);
});
