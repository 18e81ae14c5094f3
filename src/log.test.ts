import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { TransientError } from './domain/failure.ts';
import type { RunId, SessionId, WorkOrderId } from './domain/ids.ts';
import { rememberSecrets } from './domain/secrets/known-secrets.ts';
import { doingPart, doingWork } from './engine/recovery/current-work.ts';
import { logPath, openLog } from './log.ts';

const secret = 'planted-7f3a9c21d4e8';
const token = `ghp_${'a1B2'.repeat(9)}`;
const pem = `-----BEGIN PRIVATE KEY-----\n${`${'MIIEvQIBADANBgkq'.repeat(4)}\n`.repeat(9)}-----END PRIVATE KEY-----\n`;
rememberSecrets([{ name: 'SHOP_TOKEN', value: secret }]);

function scene() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'moose-log-'));
  const log = openLog({ dataDirectory, logLevel: 'silent' });
  onTestFinished(() => {
    log.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  const text = () => readFileSync(logPath(dataDirectory), 'utf8');
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
      ...{ workOrderId: name, runId: `0190-${name}`, traceId: `0190${name}` },
      ...{ step: 'applying', attempt: 2, sessionId: `s-${name}`, part: 'child' },
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
