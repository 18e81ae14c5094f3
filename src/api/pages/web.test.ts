import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { apiGround } from '../api-ground.fixture.ts';

const script = `console.log("${'moose '.repeat(500)}")`;

async function ground(isBuilt = true) {
  const root = await mkdtemp(join(tmpdir(), 'moose-web-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const directory = join(root, 'dist');
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(join(root, 'secret.txt'), 'the secret');
  if (isBuilt) {
    await writeFile(join(directory, 'index.html'), '<!doctype html><title>Moose</title>');
    await writeFile(join(directory, 'moose.svg'), '<svg/>');
    await writeFile(join(directory, 'assets', 'main-1a2b.js'), script);
    await symlink(join(root, 'secret.txt'), join(directory, 'link.txt'));
  }
  const { server, call } = await apiGround({ webDirectory: directory });
  /** The path exactly as written: `fetch` would normalise it first. */
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
      (resolve, reject) => {
        request({ host: '127.0.0.1', port: server.port, path, method, headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
          );
        })
          .on('error', reject)
          .end();
      },
    );
  const browse = (path: string) => get(path, { accept: 'text/html,*/*' });
  return { directory, get, browse, call };
}

test('R-UI-1: the pages need no token, and every address of the app is its one page', async () => {
  const { browse, get } = await ground();
  for (const path of [
    '/',
    '/work-orders',
    '/work-orders/0192f0c4-0000-7000-8000-000000000000?tab=diff',
    '/x/',
  ]) {
    const { status, headers, body } = await browse(path);
    expect([path, status, body.toString()]).toEqual([path, 200, '<!doctype html><title>Moose</title>']);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(/^default-src 'self'; .*object-src 'none'$/),
    });
    expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe-eval/);
  }
  expect((await get('/work-orders', { accept: 'application/json' })).status).toBe(404);
  for (const accept of ['*/*', '']) expect((await get('/', { accept })).status).toBe(200);
  expect((await get('/', { accept: 'application/json' })).status).toBe(404);
  const head = await get('/', { accept: 'text/html' }, 'HEAD');
  expect([head.status, head.body.length]).toEqual([200, 0]);
});

test('a file with a hash in its name is cached forever, compressed as the browser accepts it, and not sent twice', async () => {
  const { get } = await ground();
  const path = '/assets/main-1a2b.js';
  const plain = await get(path);
  expect(plain.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  const gzipped = await get(path, { 'accept-encoding': 'gzip, br;q=0' });
  const packed = await get(path, { 'accept-encoding': 'gzip, deflate, br' });
  expect([gzipped.headers['content-encoding'], packed.headers['content-encoding']]).toEqual(['gzip', 'br']);
  expect(plain.body.toString()).toBe(script);
  expect(gunzipSync(gzipped.body).toString()).toBe(script);
  expect(brotliDecompressSync(packed.body).toString()).toBe(script);
  const etag = String(packed.headers.etag);
  const again = await get(path, { 'accept-encoding': 'br', 'if-none-match': `"x", W/${etag}` });
  expect([again.status, again.body.length]).toEqual([304, 0]);
  expect((await get('/moose.svg')).headers['content-type']).toBe('image/svg+xml');
});

test('R-SEC-3: no path leads out of the build, and a file that is not part of it does not exist', async () => {
  const { browse, get } = await ground();
  const paths = [
    ...['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt', '/link.txt'],
    ...['/..%5csecret.txt', '/assets/%2e%2e%2f%2e%2e%2fsecret.txt', '/%00', '/index.html%00.js', '/%ff'],
    ...['//etc/passwd', '/assets', '/assets/', '/assets/none.js', '/a.b', '/%', `/${'x'.repeat(5_000)}`],
  ];
  for (const path of paths) {
    const { status, body } = await browse(path);
    expect(body.toString()).not.toContain('the secret');
    expect([path, [200, 400, 404].includes(status)]).toEqual([path, true]);
    if (status === 200) expect(body.toString()).toBe('<!doctype html><title>Moose</title>');
  }
  for (const path of paths.slice(0, 10)) expect((await get(path)).status).not.toBe(200);
});

test('a new build is served without a restart, and a missing build says how to build it', async () => {
  const { directory, browse, get } = await ground(false);
  const missing = await browse('/work-orders');
  expect([missing.status, missing.body.toString()]).toEqual([503, expect.stringContaining('npm run build')]);
  expect((await get('/assets/main-1a2b.js')).status).toBe(404);
  await writeFile(join(directory, 'index.html'), 'first');
  expect((await browse('/')).body.toString()).toBe('first');
  await writeFile(join(directory, 'index.html'), 'second');
  await utimes(join(directory, 'index.html'), new Date(), new Date(Date.now() + 5_000));
  expect((await browse('/')).body.toString()).toBe('second');
});

test('a page can only be read, and does not bypass the token of the interface', async () => {
  const { get, call } = await ground();
  expect((await call('/work-orders', { method: 'POST' })).status).toBe(404);
  for (const path of ['/api/nothing', '/api', '/metrics', '/api/../api/me'])
    expect((await get(path, { accept: 'text/html' })).status).toBe(401);
  expect((await get('/', { accept: 'text/html', host: 'evil.example' })).status).toBe(403);
});
