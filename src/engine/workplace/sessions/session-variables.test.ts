import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import type { Audience } from '../../../domain/machine/project-variable.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import type { Database } from '../../../store/database.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { failed } from '../../pipeline/failure/failed-step.ts';
import { atStep, decided, type Ground } from '../../pipeline/scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../../pipeline/scripted-agent.fixture.ts';
import { verifying } from '../../pipeline/verifying/verifying.ts';
import { askVariables } from '../../settings/projects/ask-variables.ts';

const secret = () => `S3cr3t/é+${crypto.randomUUID()}=`;
const check = (kind: Check['kind'], command: string): Check => ({ kind, command, source: 'given' });

async function give(
  database: Database,
  { work }: Ground,
  name: string,
  value: string,
  audiences?: Audience[],
): Promise<void> {
  const { keyRing } = work.secrets;
  const variables = askVariables({ database, actor: 'human:ada', keyRing });
  await variables.set(work.project.id, { name, value, ...(audiences ? { for: audiences } : {}) });
}

/** Prints a variable in plain text, and in the encodings that tools use. */
const printAll = `node -e '
  const value = process.env.API_TOKEN ?? "";
  const forms = [value, Buffer.from(value).toString("base64"), Buffer.from("user:" + value).toString("base64url"),
    encodeURIComponent(value), Buffer.from(value).toString("hex"), JSON.stringify({ value })];
  for (const form of forms) { console.log("out " + form); console.error("err " + form); }
  process.exit(1);'`;

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    ...[value, encodeURIComponent(value), bytes.toString('hex'), bytes.toString('base64').slice(0, -4)],
    Buffer.from(`user:${value}`).toString('base64url').slice(8, -4),
  ];
}

async function everyRow(database: Database): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'moose'`.execute(
    database.query,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select t::text as row from ${sql.table(`moose.${name}`)} t`.execute(database.query);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

test('R-PROJ-5: a failing check that prints the secret in five encodings leaves it in no row, file or log line', async () => {
  const database = await testDatabase();
  const at = await atStep(database, 'verifying');
  const value = secret();
  await give(database, at, 'API_TOKEN', value);
  at.work.project.settings.checks = [check('test', printAll)];
  let log = '';
  const lines = new Writable({
    write: (chunk, _encoding, done) => {
      log += String(chunk);
      done();
    },
  });
  // The logger's own redaction has a separate test; this test sees what a step's errors pass to the logger.
  const work = { ...at.work, logger: pino({ level: 'trace' }, lines) };
  const end = await verifying(work);
  expect(end).toMatchObject({ end: expect.stringMatching(/refine|done/) });
  const rows = await everyRow(database);
  expect(rows).toContain('check.finished');
  const data = work.settings.dataDirectory;
  const outputs = execFileSync('sh', ['-c', `cat ${data}/sessions/*/std*.log`], { encoding: 'latin1' });
  expect(outputs).toContain('out [redacted:API_TOKEN]');
  for (const form of formsOf(value)) {
    expect(rows).not.toContain(form);
    expect(log).not.toContain(form);
    expect(JSON.stringify(end)).not.toContain(form);
    const found = execFileSync('sh', ['-c', 'grep -rlF -- "$1" "$2" || true', 'sh', form, data]);
    expect(found.toString()).toBe('');
  }
});

test("R-PROJ-5: setup and checks get a variable, before the repository's own; an agent only those for agents", async () => {
  const database = await testDatabase();
  const see = 'echo "$FOR_ALL|$FOR_SETUP|$FOR_AGENTS|$API_REGION"';
  const agent = scriptedAgent(`${see} > made.txt; echo says success`);
  const at = await atStep(database, 'applying', { agents: [agent] });
  await give(database, at, 'FOR_ALL', 'one', ['setup', 'checks', 'agents']);
  await give(database, at, 'FOR_SETUP', 'two', ['setup']);
  await give(database, at, 'FOR_AGENTS', 'three', ['agents']);
  await applying(at.work);
  expect(at.repository.git('show', `${at.routed.branch}:made.txt`).trim()).toBe('one||three|');

  const next = await atStep(database, 'verifying', {
    files: {
      'README.md': 'x',
      '.moose/config.yml': 'checks: []\nenvironment:\n  API_REGION: from-file\n  FOR_ALL: from-file\n',
    },
    settings: { dataDirectory: at.work.settings.dataDirectory },
  });
  const { keyRing } = at.work.secrets;
  const work = { ...next.work, secrets: at.work.secrets };
  await askVariables({ database, actor: 'human:ada', keyRing }).set(work.project.id, {
    name: 'FOR_ALL',
    value: 'one',
    for: ['checks', 'setup'],
  });
  work.project.settings.checks = [
    check('setup', `${see} > ../setup.txt`),
    check('test', `${see} > ../test.txt`),
  ];
  await verifying(work);
  const seen = (file: string) => readFileSync(join(next.worktreePath, '..', file), 'utf8').trim();
  expect(seen('setup.txt')).toBe('one|||from-file');
  expect(seen('test.txt')).toBe('one|||from-file');
});

test('R-PROJ-5: without the key, nothing runs with an empty value, and one sentence says what to do', async () => {
  const database = await testDatabase();
  const at = await atStep(database, 'verifying');
  const elsewhere = await atStep(database, 'verifying');
  const { keyRing } = elsewhere.work.secrets;
  await askVariables({ database, actor: 'human:ada', keyRing }).set(at.work.project.id, {
    name: 'API_TOKEN',
    value: secret(),
  });
  at.work.project.settings.checks = [check('test', 'touch ../ran.txt')];
  const cause = await verifying(at.work).catch((thrown: unknown) => thrown);
  expect(cause).toMatchObject({ code: 'SECRETS_KEY_MISSING', category: 'configuration' });
  expect(() => readFileSync(join(at.worktreePath, '..', 'ran.txt'))).toThrow('ENOENT');
  await decided(failed, at.work, 'verifying', cause);
  expect(await everyRow(database)).toContain('moose project variable key');
});

test('R-PROJ-7: a check that lacks a variable names the command that sets it for its project', async () => {
  const database = await testDatabase();
  const at = await atStep(database, 'verifying');
  at.work.project.settings.checks = [
    check('test', 'echo "Error: missing environment variable STRIPE_API_TOKEN"; exit 1'),
  ];
  const cause = await verifying(at.work).catch((thrown: unknown) => thrown);
  expect(cause).toMatchObject({
    code: 'CHECK_VARIABLE_MISSING',
    advice: expect.stringContaining(`moose project variable set ${at.work.project.name} STRIPE_API_TOKEN`),
  });
});
