import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { TransientError } from '../domain/failure.ts';
import type { RunId, SessionId, WorkOrderId } from '../domain/ids.ts';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { doingPart, doingWork } from '../engine/errors/current-work.ts';
import { logPath, openLog, screenOf } from './log.ts';

const secret = 'planted-7f3a9c21d4e8';
const token = `ghp_${'a1B2'.repeat(9)}`;
const pem = `-----BEGIN PRIVATE KEY-----\n${`${'MIIEvQIBADANBgkq'.repeat(4)}\n`.repeat(9)}-----END PRIVATE KEY-----\n`;
rememberSecrets([{ name: 'SHOP_TOKEN', value: secret }]);

function directories() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'moose-log-'));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
  return { dataDirectory, text: () => readFileSync(logPath(dataDirectory), 'utf8') };
}

function scene() {
  const { dataDirectory, text } = directories();
  const log = openLog({ dataDirectory, logLevel: 'silent' });
  onTestFinished(() => log.close());
  return {
    ...log,
    text,
    lines: () =>
      text()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

test('R-FAIL-7: each line says which work order, run, step, session and trace it belongs to', async () => {
  const { logger, lines } = scene();
  const child = logger.child({ part: 'child' });
  const work = (name: string) => ({ workOrderId: name as WorkOrderId, runId: `0190-${name}` as RunId });
  await Promise.all(
    ['a', 'b'].map((name) =>
      doingWork(work(name), async () => {
        await setImmediate();
        await doingPart({ step: 'applying', attempt: 2, sessionId: `s-${name}` as SessionId }, async () => {
          await setImmediate();
          child.warn({ name }, 'at work');
        });
      }),
    ),
  );
  logger.info('outside');
  const said = lines();
  for (const name of ['a', 'b']) {
    expect(said.find((line) => line.name === name)).toMatchObject({
      workOrderId: name,
      runId: `0190-${name}`,
      traceId: `0190${name}`,
      step: 'applying',
      attempt: 2,
      sessionId: `s-${name}`,
      part: 'child',
    });
  }
  expect(said.find(({ msg }) => msg === 'outside')).not.toHaveProperty('workOrderId');
});

test('R-FAIL-7: no line holds a secret: not in its message, a field, an error or its cause', () => {
  const { logger, lines, text } = scene();
  const cause = new Error(`cause ${secret} ${token}\n${pem}`);
  const fields = { code: 'X', component: 'git', operation: 'push', message: `push ${secret}`, cause };
  const err = new TransientError({ ...fields, advice: token, metadata: { deep: [{ env: pem, secret }] } });
  logger.warn({ err, headers: { authorization: `Bearer ${token}` }, at: new Date() }, `for ${secret}`);
  logger.error(cause);
  logger.fatal({ document: `${secret} `.repeat(100_000) }, `too long, ${token}`);
  expect(lines()).toMatchObject([
    { msg: 'for [redacted:SHOP_TOKEN]', err: { message: 'push [redacted:SHOP_TOKEN]', code: 'X' } },
    { err: { message: expect.stringContaining('[redacted:github-token]') } },
    { msg: 'too long, [redacted:github-token]', cut: expect.any(Number) },
  ]);
  for (const planted of [secret, token, pem.slice(40, 90)]) expect(text()).not.toContain(planted);
});

const carrying = `
  import { openLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)};
  const [dataDirectory, logForm] = process.argv.slice(1);
  const { logger } = openLog({ dataDirectory, logLevel: 'warn', logForm });
  const err = Object.assign(new Error('The\\x1b[2J model is away.'), { code: 'MODEL_AWAY' });
  logger.info('not said');
  logger.warn({ err }, 'the run is tried again');
`;

test('R-UI-7: a person at a terminal reads a sentence instead of JSON with a stack', () => {
  const { dataDirectory, text } = directories();
  const say = (form: string) => {
    const args = ['--input-type=module', '-e', carrying, dataDirectory, form];
    return spawnSync(process.execPath, args, { encoding: 'utf8' }).stderr;
  };
  expect(say('words')).toMatch(
    /^\d\d:\d\d:\d\d warn: the run is tried again: The\[2J model is away\. \[MODEL_AWAY\]\n$/,
  );
  expect(text()).toContain('"stack"');
  expect(JSON.parse(say('json'))).toMatchObject({
    msg: 'the run is tried again',
    err: { code: 'MODEL_AWAY' },
  });
});

test('a command shows only errors, a server or worker also warnings, and a given level always applies', () => {
  const config = { logLevel: 'warn', given: new Set<string>() };
  const asked = { logLevel: 'debug', given: new Set(['MOOSE_LOG_LEVEL']) };
  const terminal = { isTerminal: true, isJson: false };
  const pipe = { isTerminal: false, isJson: false };
  expect(screenOf(config, { serves: false, ...terminal })).toEqual({ logLevel: 'error', logForm: 'words' });
  expect(screenOf(config, { serves: false, ...pipe })).toEqual({ logLevel: 'error', logForm: 'words' });
  expect(screenOf(config, { serves: true, ...terminal })).toEqual({ logLevel: 'warn', logForm: 'words' });
  expect(screenOf(config, { serves: true, ...pipe })).toEqual({ logLevel: 'warn', logForm: 'json' });
  expect(screenOf(asked, { serves: false, ...pipe, isJson: true })).toEqual({
    logLevel: 'debug',
    logForm: 'json',
  });
});

const unread = `
  import { openLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)};
  const { logger } = openLog({ dataDirectory: process.argv[1], logLevel: 'warn' });
  const say = (number) => logger.warn({ number, filling: 'x'.repeat(10_000) }, 'line');
  for (let number = 1; number <= 300; number += 1) say(number);
  process.stdout.write('still at work');
  // The other end of the pipe reads before this end knows of it.
  const goOn = () => {
    if (process.stderr.writableLength > 0) return setImmediate(goOn);
    for (let number = 301; number <= 302; number += 1) say(number);
  };
  process.stdin.once('data', goOn);
`;

test('R-FAIL-7: fear: nobody reads the screen, and Moose stops at its next line', async () => {
  const { dataDirectory, text } = directories();
  const args = ['--input-type=module', '-e', unread, dataDirectory];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  // Nothing has read stderr yet: a pipe holds 64 KiB of the 3 MB.
  expect(String((await once(child.stdout, 'data'))[0])).toBe('still at work');
  expect(text().trimEnd().split('\n')).toHaveLength(300);
  let shown = '';
  child.stderr.on('data', (data) => {
    shown += data;
  });
  await expect.poll(() => shown.split('\n').length).toBeGreaterThan(90);
  child.stdin.write('go on\n');
  await expect.poll(() => shown).toContain('"number":302');
  child.stdin.end();
  expect(shown).toMatch(
    /"msg":"\d+ lines of the log are not shown here, because nobody read them for a while"\}\n/,
  );
  expect(text().trimEnd().split('\n')).toHaveLength(302);
});
