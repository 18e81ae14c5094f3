// `moose up` as people start it: what it prints, who may sign in, which notices it sends, and what it accepts from
// GitHub.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openLocalPullRequest } from '../../src/store/work/pull-requests/pull-requests.ts';
import { aWorkOrderAtWork } from '../../src/store/work/scratch-rows.fixture.ts';
import { compiledCode } from '../compiled-code.ts';
import { cloneDatabase } from '../database.ts';
import { startFaultServer } from '../fault-server.ts';
import { mooseProgram } from '../moose-program.ts';
import { endGateways } from './gateway-processes.fixture.ts';

const secret = 'github knows it too';

interface Up {
  child: ChildProcess;
  url: string;
  token: string;
  /** Resolves with the first log line of this event. */
  said(event: string): Promise<Record<string, string>>;
  call(path: string, init?: RequestInit): Promise<{ status: number; body: Record<string, unknown> }>;
}

async function ground() {
  const cloned = await cloneDatabase();
  const database = openDatabase(cloned.url, { connectionsMax: 4 });
  const directory = await mkdtemp(join(tmpdir(), 'moose-up-'));
  onTestFinished(async () => {
    await database.close();
    await cloned.drop();
    // They outlive a Moose that is killed, and write to its folder.
    await endGateways(directory);
    await rm(directory, { recursive: true, force: true });
  });
  return { database, databaseUrl: cloned.url, directory };
}

async function up(databaseUrl: string, directory: string, env: Record<string, string> = {}): Promise<Up> {
  const child = spawn(process.execPath, [mooseProgram, 'up', '--json', '--data', directory, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...compiledCode,
      PATH: process.env.PATH ?? '',
      HOME: directory,
      MOOSE_DATABASE_URL: databaseUrl,
      ...env,
    },
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const waiting = new Map<string, PromiseWithResolvers<Record<string, string>>>();
  const of = (event: string) => {
    const one = waiting.get(event) ?? Promise.withResolvers<Record<string, string>>();
    waiting.set(event, one);
    return one;
  };
  if (!child.stdout) throw new Error('Moose has no stdout');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line);
    of(said.event).resolve(said);
  });
  const listening = await of('up.listening').promise;
  const { url = '', token_path: tokenPath = '' } = listening;
  const token = (await readFile(tokenPath, 'utf8')).trim();
  return {
    child,
    url,
    token,
    said: (event) => of(event).promise,
    call: async (path, init = {}) => {
      const headers = { authorization: `Bearer ${token}`, ...init.headers };
      const answer = await fetch(`${url}${path}`, { ...init, headers });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
  };
}

test('R-BASE-3: it answers even while the remaining work cannot be taken up', async () => {
  const { databaseUrl, directory } = await ground();
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('begin; lock table moose.runs in access exclusive mode');
  const { call, said, child } = await up(databaseUrl, directory);
  expect(await call('/healthz')).toMatchObject({ status: 200, body: { status: 'ok', worker: 'starting' } });
  await holder.query('commit');
  await said('up.started');
  expect(await call('/healthz')).toMatchObject({ body: { worker: 'working' } });
  child.kill('SIGTERM');
  await said('up.stopped');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('R-ESC-2, R-ESC-5, R-SEN-1: a question reaches the channel, and a signed webhook of GitHub reaches the work order', async () => {
  const { database, databaseUrl, directory } = await ground();
  const channel = await startFaultServer({ kind: 'reply', status: 200 });
  onTestFinished(() => channel.stop());
  const { workOrderId, projectId } = await aWorkOrderAtWork(database, { title: 'Mend the parser' });
  await database.query.updateTable('runs').set({ state: 'ended' }).execute();
  const headSha = 'a'.repeat(40);
  const headBranch = 'moose/1a2b3c4d-mend-the-parser';
  await openLocalPullRequest(database.query, {
    workOrderId,
    projectId,
    headBranch,
    headSha,
    title: 'Mend the parser',
    body: '',
    baseBranch: 'main',
    baseSha: 'b'.repeat(40),
  });
  const { call, said } = await up(databaseUrl, directory, {
    MOOSE_WEBHOOK_URL: `${channel.url}/hook`,
    MOOSE_BASE_URL: 'https://moose.example.org',
    MOOSE_GITHUB_WEBHOOK_SECRET: secret,
  });
  await said('up.started');
  const announced = () =>
    database.query
      .selectFrom('systemConfig')
      .select('key')
      .where('key', 'like', 'notify.channel.%')
      .execute();
  await expect.poll(announced).toHaveLength(1);

  const escalated = await call('/api/client-manager/escalate', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      component: 'deployer',
      operation: 'roll out',
      work_order_id: workOrderId,
      error: { code: 'ROLLOUT_FAILED', message: 'It did not roll out.' },
    }),
  });
  expect(escalated.status).toBe(202);
  await channel.received(1);
  expect(JSON.parse(channel.requests[0]?.body ?? '')).toMatchObject({
    kind: 'escalation.opened',
    link: `https://moose.example.org/escalations/${escalated.body.id}`,
    options: expect.arrayContaining([expect.objectContaining({ is_recommended: true })]),
  });

  const delivered = await call('/api/sentinel', redCheck(headBranch, headSha));
  expect(delivered).toMatchObject({ status: 202, body: { state: 'waiting' } });
  const found = async () =>
    (await database.query.selectFrom('webhookDeliveries').selectAll().execute()).map(
      (row) => row.workOrderId,
    );
  await expect.poll(found).toEqual([workOrderId]);
});

function redCheck(headBranch: string, headSha: string): RequestInit {
  const body = JSON.stringify({
    action: 'completed',
    repository: { full_name: 'acme/api' },
    check_run: {
      name: 'build',
      head_sha: headSha,
      conclusion: 'failure',
      pull_requests: [{ number: 1 }],
      check_suite: { head_branch: headBranch },
    },
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      authorization: '',
      'x-github-event': 'check_run',
      'x-github-delivery': '1',
      'x-hub-signature-256': `sha256=${signature}`,
    },
  };
}
