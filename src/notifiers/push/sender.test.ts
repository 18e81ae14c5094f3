// What every channel has to do, for push services, tested over real HTTP.
import { createECDH } from 'node:crypto';
import { inspect } from 'node:util';
import { importJWK, jwtVerify } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Fault, startFaultServer, unusedUrl } from '../../../test/fault-server.ts';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { aProxy } from '../../stdx/http/forward-proxy.fixture.ts';
import { makeBrowser } from './browser.fixture.ts';
import { createPushSender } from './sender.ts';

const now = new Date('2026-03-01T10:00:00Z');
const contact = 'https://moose.example.org';
const secretPath = '/wpush/v2/gAAAAABSECRETSECRET';
const ecdh = createECDH('prime256v1');
const publicKey = ecdh.generateKeys('base64url', 'uncompressed');
const key = { publicKey, privateKey: ecdh.getPrivateKey('base64url') };
const never = new AbortController().signal;
const delivery = {
  key: 'escalation.opened:1:push:2',
  kind: 'escalation.opened',
  notice: {
    title: 'Tests fail: Mend the date parser',
    text: '',
    severity: 'high' as const,
    path: '/escalations/1',
  },
};

async function pushHost(fault: Fault) {
  const server = await startFaultServer(fault);
  onTestFinished(() => server.stop());
  return { ...server, endpoint: `${server.url}${secretPath}` };
}

function targetOf(endpoint: string) {
  const browser = makeBrowser();
  const [p256dh, auth] = [browser.keys.p256dh, browser.keys.auth].map((text) =>
    Buffer.from(text, 'base64url'),
  );
  if (!p256dh || !auth) throw new TypeError('A browser has keys');
  return { browser, to: { endpoint, p256dh, auth } };
}

const sender = createPushSender({
  clock: { now: () => now },
  contact,
  timeoutMs: 3_000,
  allowsLoopback: true,
});
const failureOf = (sent: Promise<unknown>): Promise<MooseError> =>
  sent.then(
    () => {
      throw new Error('It was delivered');
    },
    (cause: unknown) => {
      if (!isMooseError(cause)) throw cause;
      return cause;
    },
  );

test('RFC 8292: a message is signed for its push service, encrypted for its browser, and replaces older ones', async () => {
  const { requests, endpoint, url } = await pushHost({ kind: 'reply', status: 201 });
  const { browser, to } = targetOf(endpoint);
  expect(await sender.send(delivery, to, key, never)).toBe('delivered');
  const [request] = requests;
  expect(request).toMatchObject({
    method: 'POST',
    path: secretPath,
    headers: {
      'content-encoding': 'aes128gcm',
      ttl: '86400',
      urgency: 'high',
      topic: expect.stringMatching(/^[\w-]{32}$/),
    },
  });
  const [, token = '', k] = /^vapid t=(\S+), k=(\S+)$/.exec(request?.headers.authorization ?? '') ?? [];
  expect(k).toBe(publicKey);
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const verifier = await importJWK({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, 'ES256');
  const { payload } = await jwtVerify(token, verifier, { audience: url, currentDate: now });
  expect(payload).toEqual({ aud: url, sub: contact, exp: now.getTime() / 1_000 + 12 * 3_600 });
  expect(JSON.parse(browser.decrypt(request?.bytes ?? Buffer.alloc(0)))).toEqual({
    title: 'Moose has a question',
    body: 'Tests fail: Mend the date parser',
    path: '/escalations/1',
  });
});

test.each([
  [{ kind: 'reply', status: 500, body: 'no' }, undefined],
  [{ kind: 'reply', status: 503, headers: { 'retry-after': '7' } }, 7_000],
  [{ kind: 'reply', status: 429, headers: { 'retry-after': '1.5' } }, 1_500],
  [{ kind: 'reply', status: 408 }, undefined],
  [{ kind: 'hang' }, undefined],
  [{ kind: 'stall', body: 'o' }, undefined],
  [{ kind: 'reset' }, undefined],
  [{ kind: 'cut', body: 'half an answer' }, undefined],
] as [Fault, number | undefined][])('R-ESC-5: %o is retried after %s', async (fault, retryAfterMs) => {
  const { endpoint } = await pushHost(fault);
  const error = await failureOf(sender.send(delivery, targetOf(endpoint).to, key, never));
  expect(error).toMatchObject({ code: 'NOTICE_NOT_DELIVERED', retryable: true, retryAfterMs });
});

test('R-ESC-5: 404 and 410 end a subscription, and other refusals are permanent, without a redirect', async () => {
  for (const status of [404, 410]) {
    const { endpoint } = await pushHost({ kind: 'reply', status });
    expect(await sender.send(delivery, targetOf(endpoint).to, key, never)).toBe('gone');
  }
  for (const status of [400, 401, 403, 413, 302, 307]) {
    const elsewhere = await pushHost({ kind: 'reply', status: 201 });
    const { endpoint } = await pushHost({
      kind: 'reply',
      status,
      headers: { location: elsewhere.endpoint },
    });
    const error = await failureOf(sender.send(delivery, targetOf(endpoint).to, key, never));
    expect(error).toMatchObject({ code: 'NOTICE_REFUSED', retryable: false });
    expect(elsewhere.requests).toEqual([]);
  }
});

test('R-SEC-4: no error contains the endpoint, and an endless answer is not read to its end', async () => {
  const endless = await pushHost({ kind: 'endless', status: 201 });
  expect(await sender.send(delivery, targetOf(endless.endpoint).to, key, never)).toBe('delivered');
  const faults: Fault[] = [
    { kind: 'reply', status: 500, body: `no ${secretPath}` },
    { kind: 'reply', status: 403, body: secretPath },
    { kind: 'reset' },
    { kind: 'hang' },
  ];
  const endpoints = await Promise.all(faults.map(async (fault) => (await pushHost(fault)).endpoint));
  for (const endpoint of [...endpoints, `${await unusedUrl()}${secretPath}`]) {
    const error = await failureOf(sender.send(delivery, targetOf(endpoint).to, key, never));
    const all = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)}`;
    expect(all).not.toContain('SECRET');
    expect(all).not.toContain(key.privateKey);
  }
});

test('R-SEC-6: fear: an endpoint makes Moose call a private address, by a number or by a name', async () => {
  const inside = await pushHost({ kind: 'reply', status: 201 });
  const strict = createPushSender({ clock: { now: () => now }, contact: null, timeoutMs: 2_000 });
  const port = new URL(inside.url).port;
  for (const host of [
    '127.0.0.1',
    '[::1]',
    '10.0.0.1',
    '169.254.169.254',
    '[::ffff:127.0.0.1]',
    'localhost',
    'a.local',
  ]) {
    const error = await failureOf(
      strict.send(delivery, targetOf(`https://${host}:${port}/x`).to, key, never),
    );
    expect(error, host).toMatchObject({ code: 'NOTICE_REFUSED' });
  }
  const plain = await failureOf(strict.send(delivery, targetOf(inside.endpoint).to, key, never));
  expect(plain).toMatchObject({ code: 'NOTICE_REFUSED' });
  expect(inside.requests).toEqual([]);
});

test('R-BASE-1: fear: no push service is reached where there is only a proxy, or a private address is by it', async () => {
  const { url, seen } = await aProxy(() => 'http://127.0.0.1');
  vi.stubEnv('HTTPS_PROXY', url.replace('127.0.0.1', 'localhost'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const strict = createPushSender({ clock: { now: () => now }, contact: null, timeoutMs: 2_000 });
  const code = (host: string) =>
    failureOf(strict.send(delivery, targetOf(`https://${host}/x`).to, key, never)).then(
      (error) => error.code,
    );
  // It answers that it makes no tunnel.
  expect(await code('push.corp.example')).toBe('NOTICE_NOT_DELIVERED');
  expect(seen).toEqual(['CONNECT push.corp.example:443']);
  for (const host of ['10.0.0.1', 'localhost', 'a.internal']) expect(await code(host)).toBe('NOTICE_REFUSED');
  expect(seen).toHaveLength(1);
});

test('stops immediately when it is aborted', async () => {
  const { endpoint, received } = await pushHost({ kind: 'hang' });
  const stop = new AbortController();
  const patient = createPushSender({
    clock: { now: () => now },
    contact,
    timeoutMs: 30_000,
    allowsLoopback: true,
  });
  const sent = patient.send(delivery, targetOf(endpoint).to, key, stop.signal);
  const reason = new Error('Stop');
  void received(1).then(() => stop.abort(reason));
  await expect(sent).rejects.toBe(reason);
});

test('R-SEC-2: fear: a text from elsewhere poses as Moose, hides something, leads elsewhere or names a secret', async () => {
  const { requests, endpoint } = await pushHost({ kind: 'reply', status: 201 });
  const { browser, to } = targetOf(endpoint);
  const title = `Pay\u202e me\u0007 now\u200b\n ghp_${'a1B2'.repeat(9)} ${'long '.repeat(9_000)}`;
  for (const path of ['//evil.example', '/\\evil.example', 'https://evil.example', '/a?b=javascript:1'])
    await sender.send({ ...delivery, notice: { ...delivery.notice, title, path } }, to, key, never);
  for (const { bytes } of requests) {
    expect(bytes.length).toBeLessThan(1_024);
    const shown = JSON.parse(browser.decrypt(bytes));
    expect(shown).toMatchObject({ title: 'Moose has a question', path: '/' });
    expect(shown.body).toMatch(/^Pay\ufffd me now \[redacted:[\w-]+\] long .*… \(cut\)$/);
  }
});
