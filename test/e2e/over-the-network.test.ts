// Every command of the command line works on a server over HTTP, and gives the same answers as with a local
// database (R-DIST-2).
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Serving, serve } from '../../src/app/serve.ts';
import type { CliContext } from '../../src/cli/context.ts';
import { createProgram } from '../../src/cli/program.ts';
import { openServer } from '../../src/cli/remote/open-server.ts';
import { createInvite } from '../../src/contract/operations/invites.ts';
import { isMooseError } from '../../src/domain/failure.ts';
import { commandLineAsk } from '../command-line-ask.ts';
import { moose } from './command-line.fixture.ts';
import { type Ground, openGround, passes, writes } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';
import { scheduleOverTheNetwork } from './schedule-over-the-network.fixture.ts';
import { still } from './still.fixture.ts';

let ground: Ground;
let serving: Serving;
let adas: string;
let folder: string;

beforeAll(async () => {
  ground = await openGround();
  folder = await mkdtemp(join(tmpdir(), 'moose-network-'));
  serving = await serve(ground.opened, ground.config, { version: '0.0.0', port: 0, worker: () => null });
  const { token } = await ground.opened.moose.tokens.create({ name: 'laptop', role: 'admin', person: 'ada' });
  adas = token;
});

afterAll(async () => {
  await serving?.close();
  await ground?.close();
  await rm(folder, { recursive: true, force: true });
});

type Place = 'here' | 'server';
interface Said {
  documents: unknown[];
  code: string | null;
}

const walked = new Set<string>();

/** Runs a command in this process; its printer collects what it prints. */
async function say(place: Place, ...argv: string[]): Promise<Said> {
  if (place === 'server') walked.add(argv[0] ?? '');
  const { signal } = new AbortController();
  const documents: unknown[] = [];
  const keep = (document: unknown) => void documents.push(JSON.parse(JSON.stringify(document)));
  const refuse = async (): Promise<never> => {
    throw new TypeError('This command does not open anything here');
  };
  const context: CliContext = {
    version: '0.0.0',
    signal,
    address: refuse,
    explainError: refuse,
    diagnose: refuse,
    init: refuse,
    demo: refuse,
    logins: refuse,
    backups: refuse,
    certify: refuse,
    chaos: refuse,
    faultDemo: refuse,
    printer: () => ({
      isJson: true,
      isTerminal: false,
      print: keep,
      printExactly: keep,
      printSecret: keep,
      stream: keep,
      note: () => undefined,
    }),
    open: async () =>
      place === 'server'
        ? openServer({ url: serving.url, token: adas }, signal)
        : {
            ask: commandLineAsk(ground.opened.database, ground.opened.moose, { actor: 'human:ada' }),
            server: null,
            ground: 'here',
            close: async () => undefined,
            work: refuse,
            serve: refuse,
            serveProbes: refuse,
            mcp: refuse,
          },
  };
  try {
    await createProgram(context, []).parseAsync(argv, { from: 'user' });
    return { documents, code: null };
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    return { documents, code: cause.code };
  } finally {
    process.exitCode = 0;
  }
}

test('R-DIST-2: work is submitted, followed, read and steered on a server, with the same answers as with its database', async () => {
  const { repositoryPath } = await ground.submit({ title: 'Makes the project', checks: passes });
  const ran = await say(
    'server',
    'run',
    'Over the network',
    '--repo',
    repositoryPath,
    '--check',
    'test=true',
    '--wait',
  );
  expect(ran).toMatchObject({ code: null, documents: [{ status: 'completed', title: 'Over the network' }] });
  const [{ id }] = ran.documents as [{ id: string }];
  const spec = join(folder, 'spec.md');
  await writeFile(spec, '# A thing\n\nIt does something.\n');
  const [project] = await ground.opened.moose.projects.list();
  const name = project?.name ?? '';
  for (const change of [
    ['spec', 'upload', spec],
    ['spec', 'estimate', spec],
    ['project', 'set', name, '--base', 'main'],
    ['project', 'variable', 'set', name, 'GREETING', '--plain', '--value', 'hello there'],
    ['config', 'set', 'settings.limits.check_time_limit_ms', '700000'],
    ['tokens', 'create', 'robot', '--role', 'viewer'],
    ['forge', 'add', 'git.example.org', '--kind', 'gitea', '--token-env', 'MOOSE_FORGE_TOKEN'],
  ])
    expect(await say('server', ...change), change.join(' ')).toMatchObject({ code: null });
  const reads = [
    ['forge', 'ls'],
    ['forge', 'check', 'git.example.org'],
    ['ls'],
    ['ls', '--search', 'network', '--status', 'completed'],
    ['show', id],
    ['explain', id],
    ['logs', id],
    ['diff', id],
    ['undo', id, '--plan'],
    ['errors'],
    ['errors', '--all', '--since', '2h'],
    ['escalations', '--all'],
    ['alerts', '--all'],
    ['circuits'],
    ['stuck'],
    ['machine', 'ls'],
    ['cleanup', '--plan'],
    ...['health', 'summary', 'trends', 'learning'].map((one) => [one]),
    ['learning', 'experiments'],
    ['targets'],
    ['reconcile', '--plan'],
    ['spec'],
    ['limits'],
    ['budget'],
    ['budget', '--check'],
    ['prices'],
    ['prices', '--check'],
    ['agents', 'ls'],
    ['config'],
    ['config', 'get', 'settings.limits.check_time_limit_ms'],
    ['config', 'history', 'settings.limits.check_time_limit_ms'],
    ['config', 'policies'],
    ['config', 'answers'],
    ...['tokens', 'invites', 'project', 'schedule'].map((one) => [one]),
    ['project', 'show', name],
    ['project', 'variable', 'ls', name],
    ['project', 'variable', 'key'],
  ];
  for (const read of reads) {
    const [here, there] = [await say('here', ...read), await say('server', ...read)];
    expect.soft(here.code, read.join(' ')).toBe(null);
    expect.soft(still(there), read.join(' ')).toEqual(still(here));
  }
  const remote = await makeRepository(join(folder, 'another'));
  const [robot] = (await ground.opened.moose.tokens.list()).filter((one) => one.name === 'robot');
  for (const change of [
    ['attach', id],
    ['logs', id, '--follow'],
    ['limits', '--person', 'ada', '--daily', '5', '--monthly', 'none'],
    ['config', 'unset', 'settings.limits.check_time_limit_ms'],
    ['project', 'variable', 'rotate'],
    ['project', 'variable', 'rm', name, 'GREETING'],
    ['project', 'add', remote, '--name', 'another'],
    ['project', 'rm', 'another'],
    ['tokens', 'revoke', robot?.id ?? ''],
  ])
    expect.soft((await say('server', ...change)).code, change.join(' ')).toBe(null);
  await inviteOverTheNetwork();
  await scheduleOverTheNetwork(say, name);
  expect(await say('server', 'cleanup')).toMatchObject({ code: null, documents: [{ is_done: true }] });
  expect(JSON.stringify((await say('server', 'audit')).documents)).toContain('human:ada');
});

async function inviteOverTheNetwork(): Promise<void> {
  expect((await say('server', 'invites', 'create', 'dee')).code).toBe('PERSON_NEEDED');
  const remote = openServer({ url: serving.url, token: adas }, new AbortController().signal);
  const wish = { person: 'dee', role: 'viewer' as const, expires_in_ms: 3_600_000 };
  const invite = await remote.ask(createInvite, { body: wish });
  await remote.close();
  expect(invite).toMatchObject({ person: 'dee', state: 'open', created_by: 'human:ada' });
  expect(invite.link.startsWith(`${serving.url}/invite#`)).toBe(true);
  expect(await say('server', 'invites')).toEqual(await say('here', 'invites'));
  expect(await say('server', 'invites', 'revoke', invite.id)).toMatchObject({ code: null });
}

test('R-DIST-2: each act on a work order is made by the person whose token it is, and is in the audit log', async () => {
  const held = Promise.withResolvers<void>();
  const slow = await ground.submit({
    title: 'Is paused',
    answer: async () => {
      await held.promise;
      return writes('slow.txt', 'slow\n');
    },
  });
  await expect.poll(() => ground.callsFor(slow.id)).toBeGreaterThan(0);
  expect(await say('server', 'pause', slow.id)).toMatchObject({ code: null });
  held.resolve();
  expect(await say('server', 'resume', slow.id)).toMatchObject({ code: null });
  const waiting = await ground.submit({ title: 'Waits for approval', needsApproval: true });
  expect(await say('server', 'approve', waiting.id)).toMatchObject({ code: null });
  await ground.settled(waiting.id);
  expect(await say('server', 'merge', waiting.id)).toMatchObject({
    code: null,
    documents: [{ state: 'merged' }],
  });
  const other = await ground.submit({ title: 'Is cancelled', needsApproval: true });
  expect(await say('server', 'send', other.id, 'Keep it short.')).toMatchObject({
    documents: [{ read_in: 'first_cycle' }],
  });
  expect(await say('server', 'cancel', other.id)).toMatchObject({ code: null });
  expect(await say('server', 'undo', waiting.id, '--wait')).toMatchObject({ code: null });
  expect(await say('server', 'postmortem', waiting.id)).toMatchObject({
    code: null,
    documents: [{ end: 'undone', first_cause: null }],
  });
  const { items } = await ground.opened.moose.settings.audit({ limit: 100 });
  for (const act of ['approve', 'pause', 'resume', 'merge', 'send', 'cancel', 'undo'])
    expect(items.find((one) => one.act === `work_order.${act}`)?.actor, act).toBe('human:ada');
});

test('R-DIST-2: a refusal of the server has the code that it has with the database', async () => {
  for (const wrong of [
    ['show', 'ffffffff'],
    ['answer', 'ffffffff', 'retry'],
    ['hand-on', 'ffffffff', 'bob'],
    ['learning', 'end', 'ffffffff'],
    ['retry', 'ffffffff'],
    ['postmortem', 'ffffffff'],
    ['alerts', '--resolve', 'ffffffff'],
    ['circuits', 'provider:nobody'],
    ['circuits', 'provider:nobody', '--reset'],
    ['errors', 'ffffffff'],
    ['reproduce', 'ffffffff', '--into', join(folder, 'reproduced')],
    ['config', 'answers', '--revoke', 'ffffffff'],
    ['tokens', 'revoke', 'ffffffff'],
    ['invites', 'revoke', 'ffffffff'],
    ['invites', 'create', 'dee', '--expires', 'soon'],
    ['project', 'show', 'nothing'],
    ['schedule', 'show', 'nothing'],
    ['preview', 'ffffffff'],
    ['project', 'rm', 'nothing'],
    ['spec', 'show', 'ffffffff'],
    ['spec', 'versions', 'ffffffff'],
    ['spec', 'status', 'ffffffff'],
    ['spec', 'stop', 'ffffffff'],
    ['spec', 'plan', 'ffffffff'],
    ['summary', '--day', '2026-02-30'],
  ]) {
    const here = await say('here', ...wrong);
    expect.soft(here.code, wrong.join(' ')).toMatch(/^[A-Z_]+$/);
    expect.soft(await say('server', ...wrong), wrong.join(' ')).toEqual(here);
  }
  for (const local of [['up'], ['worker'], ['worker', '--port', '0']])
    expect((await say('server', ...local)).code).toBe('COMMAND_NOT_ON_SERVER');
  expect((await say('server', 'run', 'Here', '--repo', '.')).code).toBe('REPOSITORY_NOT_ON_SERVER');
});

test('R-DIST-2: a process with MOOSE_URL opens no database and makes no data directory', async () => {
  const home = join(folder, 'home');
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    MOOSE_URL: serving.url,
    MOOSE_TOKEN: adas,
    MOOSE_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
  };
  const [listed, doctor, open, demo] = await Promise.all([
    moose(env, 'ls', '--json'),
    moose(env, 'doctor', '--json'),
    moose(env, 'open', '--json'),
    moose(env, 'demo'),
  ]);
  expect(JSON.parse(listed.stdout).length).toBeGreaterThan(0);
  expect(JSON.parse(doctor.stdout)).toMatchObject({ ok: true });
  expect(JSON.parse(open.stdout)).toEqual({ url: serving.url, token_path: null });
  expect(demo.stderr).toContain('COMMAND_NOT_ON_SERVER');
  expect(await readdir(home).catch(() => [])).toEqual([]);
  const [stranger, nobody, bare] = await Promise.all([
    moose({ ...env, MOOSE_TOKEN: 'moose_wrong' }, 'ls'),
    moose({ ...env, MOOSE_URL: 'http://127.0.0.1:9' }, 'show', 'ffffffff'),
    moose({ ...env, MOOSE_TOKEN: undefined }, 'ls'),
  ]);
  expect(stranger.stderr).toContain('[TOKEN_INVALID]');
  expect(nobody.stderr).toContain('[SERVER_UNREACHABLE]');
  expect(bare.stderr).toContain('[MOOSE_TOKEN_MISSING]');
});

test('R-DIST-2: no command was forgotten', () => {
  const program = createProgram({ version: '0.0.0' } as CliContext, []);
  // They are processes of their own in the test above, or work on what they are given. `mcp` is in mcp.test.ts.
  const ofThisMachine = [
    ...['backup', 'restore', 'doctor', 'open', 'demo', 'chaos'],
    ...['init', 'classify', 'completion', 'contract', 'mcp', 'replay', 'upgrade', 'verify'],
  ];
  const all = program.commands.map((command) => command.name());
  expect([...walked, ...ofThisMachine].sort()).toEqual(all.sort());
});
