// A hostile page of a service, opened from Mission Control in a real browser: it is seen, its WebSocket works, and it reaches
// nothing of Mission Control.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers } from '../browser/find-barriers.ts';
import { freePort } from '../free-port.ts';
import { eventually } from './eventually.fixture.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

const run = promisify(execFile);
const seenMs = 90_000;
let at: MissionControl;
let previews: string;

beforeAll(async () => {
  const port = await freePort();
  previews = `http://*.localhost:${port}`;
  at = await missionControl({ MOOSE_PREVIEW_URL: previews, MOOSE_PREVIEW_PORT: String(port) });
  await mkdir(gates(), { recursive: true });
});
afterAll(() => at.close());

const gates = () => join(at.farm.root, 'gates');

/** The page writes what it gets to its title: of Mission Control, by a script, and of its own service, by a WebSocket. */
const server = (missionControlUrl: string) => `
const { createHash } = require('node:crypto');
const page = \`<!doctype html><title>waiting</title><h1>The service</h1><script>
  document.cookie = 'moose_session=${'x'.repeat(43)}; domain=localhost';
  document.cookie = 'moose_session=${'x'.repeat(43)}';
  const said = {};
  const ask = (path) => fetch('${missionControlUrl}' + path, { credentials: 'include' })
    .then((answer) => answer.text(), () => 'refused').then((text) => { said[path] = text; });
  const live = new Promise((resolve) => {
    const socket = new WebSocket('ws://' + location.host + '/live');
    socket.onmessage = ({ data }) => { said.live = data; resolve(); };
    socket.onerror = resolve;
  });
  Promise.all([ask('/api/me'), ask('/api/work-orders'), live]).then(() => { document.title = JSON.stringify({ ...said, cookies: document.cookie.length > 0 }); });
</script>\`;
const server = require('node:http').createServer((asked, answer) => {
  answer.setHeader('content-type', asked.url === '/seen' ? 'application/json' : 'text/html');
  answer.end(asked.url === '/seen' ? JSON.stringify(asked.headers) : page);
});
server.on('upgrade', (asked, socket) => {
  const accept = createHash('sha1').update(asked.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from('hello')]));
});
server.listen(Number(process.env.MOOSE_PORT_BASE), '127.0.0.1');
`;

async function atWork(): Promise<string> {
  const gate = `until test -e ${join(gates(), 'open')}; do sleep 0.1; done`;
  const config = `checks:
  - kind: test
    command: ${JSON.stringify(gate)}
services:
  web:
    command: exec ${JSON.stringify(process.execPath)} server.js
    ready: { port: 0 }
    preview: true
`;
  const repository = await makeRepository(join(at.farm.root, 'shown'), {
    'server.js': server(at.url),
    '.moose/config.yml': config,
  });
  return eventually(async () => {
    const { body } = await at.call('POST', '/api/work-orders', {
      title: 'Show it',
      repository_path: repository,
    });
    expect(body).toHaveProperty('work_order.id');
    return (body as { work_order: { id: string } }).work_order.id;
  }, seenMs);
}

interface Shown {
  sessions: { id: string; name: string; state: string; ready_at: string | null }[];
}

/** The service that runs beside the check, which waits. */
async function runningWeb(id: string): Promise<string> {
  return eventually(async () => {
    const { body } = await at.call('GET', `/api/work-orders/${id}`);
    const { sessions, step } = body as Shown & { step: string };
    expect(step).toBe('verifying');
    const web = sessions.find(
      ({ name, state, ready_at }) => name === 'web' && state === 'running' && ready_at,
    );
    expect(web).toBeDefined();
    return web?.id ?? '';
  }, seenMs);
}

async function openedPreview(page: Page): Promise<Page> {
  const [preview] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('button', { name: 'Open preview' }).click(),
  ]);
  await preview.getByRole('heading', { name: 'The service' }).waitFor({ timeout: seenMs });
  return preview;
}

test('R-SEC-1: a person opens a preview, and its page reaches nothing of Mission Control', async () => {
  const id = await atWork();
  const sessionId = await runningWeb(id);
  const { page } = await at.see(`/work-orders/${id}?tab=output&session=${sessionId}`);
  await page.getByRole('button', { name: 'Open preview' }).waitFor({ timeout: seenMs });
  expect(await findBarriers(page)).toEqual([]);
  const preview = await openedPreview(page);
  const { host, pathname } = new URL(preview.url());
  expect(`${host.replace(/^[a-z2-7]{20}/, '*')}${pathname}`).toBe(`${new URL(previews).host}/`);
  await preview.waitForFunction("document.title !== 'waiting'", undefined, { timeout: seenMs });
  expect(JSON.parse(await preview.title())).toEqual({
    '/api/me': 'refused',
    '/api/work-orders': 'refused',
    live: 'hello',
    cookies: true,
  });
  expect(await preview.evaluate('window.opener')).toBeNull();
  const seen = JSON.parse(
    await preview.evaluate<string>("fetch('/seen').then((answer) => answer.text())"),
  ) as object;
  expect(JSON.stringify(seen)).not.toContain('moose_');
  // The person is still signed in, under their own name.
  await page.reload();
  await page.getByRole('button', { name: 'Open preview' }).waitFor({ timeout: seenMs });
  const second = await openedPreview(page);
  expect(new URL(second.url()).host).not.toBe(host);

  const cli = ['--data', at.farm.dataDirectory, 'preview', id, 'web', '--json'];
  const env = { ...process.env, MOOSE_PREVIEW_URL: previews, MOOSE_DATABASE_URL: at.farm.database.url };
  const { stdout } = await run(process.execPath, ['src/main.ts', ...cli], { env });
  const link = JSON.parse(stdout) as { url: string; service: string };
  expect(link.service).toBe('web');
  const answer = await fetch(link.url.replace(/\/\/[^/]+/, `//127.0.0.1:${new URL(previews).port}`));
  expect(answer.status).toBe(404);

  await writeFile(join(gates(), 'open'), '');
  await eventually(async () => {
    await preview.reload();
    expect(await preview.locator('body').textContent()).toContain('This preview is over');
  }, seenMs);
}, 240_000);
