// Images from a real engine: podman imports, exports and rejects them, and sessions run in them (R-SEC-5). It needs podman,
// static busybox (`busybox-static`) and tar. Without them, `npm run test:all` skips this, and `npm run test:containers` fails.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ImageReference, parseImage } from '../../src/domain/machine/image.ts';
import { clearImages } from '../../src/sessions/images/clear-images.ts';
import { inspectEngines, installedEngines } from '../../src/sessions/images/engines.ts';
import { ensureImage, imagesPath, knownImage, pinnedImage } from '../../src/sessions/images/image-store.ts';
import { tryImage } from '../../src/sessions/images/try-image.ts';
import { unpackImage } from '../../src/sessions/images/unpack.ts';
import { findOnPath } from '../../src/sessions/resolve-program.ts';
import { removeTree } from '../../src/stdx/files/remove-tree.ts';

const lacking = ['podman', 'busybox', 'tar'].filter(
  (name) => findOnPath(name, process.env.PATH ?? '', '/') === null,
);
if (lacking.length > 0) {
  const advice = `${lacking.join(', ')} not found: install podman, busybox-static, uidmap and tar`;
  if (process.env.MOOSE_TEST_CONTAINERS) throw new Error(advice);
  process.stderr.write(`\nSKIPPED: the tests of container images. ${advice}.\n\n`);
}
const withPodman = test.skipIf(lacking.length > 0);

const folder = mkdtempSync(join(tmpdir(), 'moose-podman-'));
const tag = `localhost/moose-test-${process.pid}:1`;
/** Keeps the user's own images untouched. */
const env = {
  PATH: process.env.PATH ?? '',
  HOME: folder,
  XDG_RUNTIME_DIR: join(folder, 'run'),
  CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
};
const podman = (...words: string[]) => execFileSync('podman', words, { env, encoding: 'utf8' }).trim();

const gib = 1024 ** 3;

function reference(text: string): ImageReference {
  const parsed = parseImage(text);
  if (parsed === null) throw new Error(text);
  return parsed;
}

const ask = (text: string, dataDirectory = join(folder, 'data'), isAnonymous = false, bytesMax = gib) =>
  ensureImage({
    dataDirectory,
    env,
    isAnonymous,
    reference: reference(text),
    freshMs: 60_000,
    bytesMax,
    signal: AbortSignal.timeout(150_000),
  });

beforeAll(() => {
  if (lacking.length > 0) return;
  mkdirSync(env.XDG_RUNTIME_DIR, { recursive: true });
  const storage = ['driver = "vfs"', `graphroot = "${folder}/graph"`, `runroot = "${folder}/run"`];
  writeFileSync(env.CONTAINERS_STORAGE_CONF, `[storage]\n${storage.join('\n')}\n`);
  const root = join(folder, 'rootfs');
  for (const name of ['bin', 'etc', 'tmp']) mkdirSync(join(root, name), { recursive: true });
  const busybox = findOnPath('busybox', '/bin:/usr/bin', '/') ?? '';
  execFileSync('cp', [busybox, join(root, 'bin/busybox')]);
  for (const name of ['sh', 'cat', 'id']) execFileSync('ln', ['-s', 'busybox', join(root, 'bin', name)]);
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  execFileSync('tar', ['-C', root, '-cf', join(folder, 'rootfs.tar'), '.']);
  podman('import', '--change', 'ENV=OF_IMAGE=yes', join(folder, 'rootfs.tar'), tag);
});
afterAll(() => removeTree(folder));

withPodman('an image of the engine is unpacked once, and sessions run in it', async () => {
  const first = await ask(tag);
  expect(first).toMatchObject({ isNew: true, env: { OF_IMAGE: 'yes' } });
  expect(first.name).toMatch(/^localhost\/moose-test-\d+:1@sha256:[0-9a-f]{64}$/);
  expect(lstatSync(join(first.rootPath, 'etc/hosts')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(first.rootPath, 'etc/passwd'), 'utf8')).toContain(`:${process.geteuid?.()}:`);
  expect(await tryImage(first)).toBeNull();
  expect(await ask(tag)).toEqual({ ...first, isNew: false });
  expect(podman('ps', '--all', '--quiet')).toBe('');
});

withPodman('of two runs that unpack at once, both have the image', async () => {
  const data = join(folder, 'twice');
  const [one, two] = await Promise.all([ask(tag, data), ask(tag, data)]);
  expect(one.rootPath).toBe(two.rootPath);
  expect(existsSync(join(one.rootPath, 'bin/busybox'))).toBe(true);
});

withPodman('R-SEC-5: a repository does not get an image that only this machine has', async () => {
  await expect(ask(tag, join(folder, 'anonymous'), true)).rejects.toMatchObject({
    code: expect.stringMatching(/^CONTAINER_/),
  });
});

withPodman(
  'an image that no registry has, and a registry that is away, are told apart from an absent engine',
  async () => {
    await expect(ask('localhost:1/nope:1')).rejects.toMatchObject({
      code: 'CONTAINER_PULL_FAILED',
      category: 'transient',
      advice: expect.stringContaining('registry'),
    });
    const without = ensureImage({
      dataDirectory: folder,
      env: { PATH: '/nowhere' },
      isAnonymous: false,
      reference: reference('node'),
      freshMs: 0,
      bytesMax: gib,
      signal: AbortSignal.timeout(1_000),
    });
    await expect(without).rejects.toMatchObject({ code: 'CONTAINER_ENGINE_MISSING' });
  },
);

withPodman(
  'R-SEC-5: an image above the limit is refused, by its size and by its archive, and nothing of it stays',
  async () => {
    const data = join(folder, 'large');
    await expect(ask(tag, data, false, 1_000)).rejects.toMatchObject({
      code: 'CONTAINER_IMAGE_TOO_LARGE',
      category: 'configuration',
      advice: expect.stringContaining('settings.limits.image_gb'),
    });
    expect(existsSync(imagesPath(data))).toBe(false);
    // It was there before: it is the user's.
    expect(podman('image', 'ls', '--quiet', tag)).not.toBe('');
    const [engine] = installedEngines(env);
    if (!engine) throw new Error('podman is not installed');
    const into = { id: tag, name: tag, folder: join(data, 'root'), signal: AbortSignal.timeout(60_000) };
    await expect(unpackImage(engine, { ...into, bytesMax: 100_000 })).rejects.toMatchObject({
      code: 'CONTAINER_IMAGE_TOO_LARGE',
    });
    expect(podman('ps', '--all', '--quiet')).toBe('');
  },
);

withPodman(
  'R-SEC-5: an image with another content under the same name is not taken for the one of a work order',
  async () => {
    const data = join(folder, 'moved');
    const first = await ask(tag, data);
    const request = {
      dataDirectory: data,
      env,
      isAnonymous: false,
      reference: reference(tag),
      freshMs: 60_000,
    };
    const limits = { bytesMax: gib, signal: AbortSignal.timeout(60_000) };
    const built = { id: 'e'.repeat(64), name: reference(tag).text };
    await expect(pinnedImage({ ...request, ...limits }, built)).rejects.toMatchObject({
      code: 'CONTAINER_IMAGE_GONE',
      advice: expect.stringContaining('--from routing'),
    });
    expect(await pinnedImage({ ...request, ...limits }, first)).toEqual({ ...first, isNew: false });
    // By its digest alone, as on another machine.
    const elsewhere = { ...request, ...limits, dataDirectory: join(folder, 'elsewhere') };
    expect(await pinnedImage(elsewhere, first)).toMatchObject({ id: first.id });
  },
);

withPodman('what a killed Moose left is removed: its container, and images that nobody uses', async () => {
  podman(
    'create',
    '--name',
    `moose-unpack-${execFileSync('hostname').toString().trim()}-4194304-x`,
    tag,
    '/bin/sh',
  );
  const data = join(folder, 'left');
  const { id, rootPath } = await ask(tag, data);
  expect(podman('ps', '--all', '--quiet')).toBe('');
  const partial = join(imagesPath(data), `${id}.${crypto.randomUUID()}`);
  mkdirSync(partial);
  await clearImages(data, new Date(Date.now() - 60_000));
  expect([existsSync(rootPath), existsSync(partial)]).toEqual([true, true]);
  const old = new Date(Date.now() - 120_000);
  for (const path of [partial, join(imagesPath(data), id, 'image.json')]) utimesSync(path, old, old);
  await clearImages(data, new Date(Date.now() - 60_000));
  expect([existsSync(rootPath), existsSync(partial)]).toEqual([false, false]);
  const request = {
    dataDirectory: data,
    env,
    isAnonymous: false,
    reference: reference(tag),
    freshMs: 1,
    bytesMax: 1,
  };
  expect(await knownImage({ ...request, signal: AbortSignal.timeout(1_000) })).toBeNull();
});

withPodman('the doctor is told which engine answers', async () => {
  const states = await inspectEngines(env);
  expect(states[0]).toMatchObject({ name: 'podman', version: expect.stringMatching(/^\d/), said: '' });
});
