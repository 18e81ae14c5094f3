// `moose demo --fault` and the buttons of the demo's page: a real demo, injured for real.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { demoFaults } from '../../chaos/demo/demo-faults.ts';
import { type Demo, type DemoStrike, printedDocuments } from '../../src/contract/contract.ts';
import { openChromium, signIn } from '../browser/open-chromium.ts';
import { mooseProgram } from '../moose-program.ts';
import { eventually } from './eventually.fixture.ts';

const minuteMs = 60_000;
const strikeMsMax = 7 * minuteMs;
/** The buttons are pressed on these; the command line injects all others. */
const pressed = ['worker-killed', 'database-cut', 'provider-limited'];

async function startDemo(...args: string[]) {
  const root = await mkdtemp(join(tmpdir(), 'moose-demo-fault-'));
  const data = join(root, 'demo');
  const env = { PATH: process.env.PATH, HOME: root };
  const child = spawn(process.execPath, [mooseProgram, 'demo', ...args, '--data', data], { env });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    // It ends everything that it has started; a kill would leave that running.
    child.kill('SIGTERM');
    await ended;
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  });
  return { child, said, ended, data };
}

async function listening(said: { out: string; err: string }): Promise<{ url: string; token: string }> {
  await eventually(async () => expect(said.out, said.err).toContain('demo.listening'), 5 * minuteMs);
  const { url, token_path: path } = JSON.parse(said.out.split('\n')[0] ?? '');
  return { url, token: (await readFile(path, 'utf8')).trim() };
}

test(
  'R-CHA-1: somebody presses three buttons on the page of a real demo, and sees Moose notice and recover',
  async () => {
    const { child, said, ended, data } = await startDemo('--serve', '--json');
    const { url, token } = await listening(said);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const strike = (fault: string) =>
      fetch(`${url}/api/demo/strikes`, { method: 'POST', headers, body: JSON.stringify({ fault }) });
    const chromium = await openChromium();
    onTestFinished(() => chromium.close());
    const { page, errors } = await chromium.open({ size: 'narrow' });
    await signIn(page, url, token);
    await page.getByRole('link', { name: 'Inject a fault' }).click();
    await page.getByRole('heading', { level: 1, name: 'Demo' }).waitFor();

    for (const [index, fault] of pressed.entries()) {
      const title = demoFaults.find(({ name }) => name === fault)?.title ?? '';
      await page.getByRole('button', { name: title }).click();
      const card = page.getByRole('region', { name: `${index + 1}. ${title}` });
      await card.waitFor();
      // One at a time, whoever asks.
      if (index === 0) expect((await strike(fault)).status).toBe(409);
      await card
        .getByText(/^Noticed after/)
        .first()
        .waitFor({ timeout: strikeMsMax });
      await card.getByText(/^Recovered after/).waitFor({ timeout: strikeMsMax });
    }
    expect(errors).toEqual([]);
    expect((await strike('no-such-fault')).status).toBe(400);
    const demo = (await (await fetch(`${url}/api/demo`, { headers })).json()) as Demo;
    expect(demo.strikes.map(({ fault, state }) => [fault, state])).toEqual(
      pressed.toReversed().map((fault) => [fault, 'recovered']),
    );
    const killed = demo.strikes.at(-1);
    expect(killed?.did).toContain("took over the dead worker's work orders, from their last finished step");

    child.kill('SIGINT');
    await ended;
    const lines = said.out.slice(said.out.indexOf('\n') + 1);
    expect(JSON.parse(lines), said.err).toMatchObject({ ok: true, strikes: { length: pressed.length } });
    expect(existsSync(data)).toBe(false);
  },
  30 * minuteMs,
);

test(
  'R-CHA-1: every other fault of the demo ends as it is told: Moose recovers, or asks a person',
  async () => {
    const rest = demoFaults.filter(({ name }) => !pressed.includes(name));
    const { said, ended } = await startDemo(...rest.flatMap(({ name }) => ['--fault', name]), '--json');
    const [exitCode] = await ended;
    expect(said.out, said.err).not.toBe('');
    const document = JSON.parse(said.out);
    expect(printedDocuments.demo.parse(document)).toEqual(document);
    const { strikes } = document as { strikes: DemoStrike[] };
    expect(
      strikes.map(({ fault, state }) => [fault, state]),
      said.out,
    ).toEqual(rest.map(({ name, expects }) => [name, expects === 'recovery' ? 'recovered' : 'asked']));
    expect(exitCode).toBe(0);
    // A gateway is back before the next call needs it, unless a call was under way.
    for (const { fault, noticed, did } of strikes.filter((one) => one.fault !== 'gateway-killed')) {
      expect(noticed, fault).not.toEqual([]);
      expect(did, fault).not.toEqual([]);
    }
  },
  30 * minuteMs,
);

test('the demo lists its faults, and refuses one that it does not know before it starts anything', async () => {
  const list = await startDemo('--fault', 'list', '--json');
  expect((await list.ended)[0], list.said.err).toBe(0);
  expect(JSON.parse(list.said.out)).toEqual(demoFaults);
  const wrong = await startDemo('--fault', 'worker-kiled');
  expect((await wrong.ended)[0]).toBe(1);
  expect(wrong.said.err).toContain('[DEMO_FAULT_UNKNOWN]');
  expect(wrong.said.err).toContain('worker-killed');
  expect(existsSync(wrong.data)).toBe(false);
});
