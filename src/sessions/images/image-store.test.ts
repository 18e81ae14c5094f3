import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseImage } from '../../domain/machine/image.ts';
import { ensureImage, type ImageRequest, imagesPath, knownImage, pinnedImage } from './image-store.ts';
import { type Refusable, scriptedEngine } from './scripted-engine.fixture.ts';

function requestFor(
  { dataDirectory, env }: Pick<ReturnType<typeof scriptedEngine>, 'dataDirectory' | 'env'>,
  more: Partial<ImageRequest> = {},
): ImageRequest {
  const reference = parseImage('example.com/acme/tools:2');
  if (reference === null) throw new TypeError('It is a reference');
  const signal = AbortSignal.timeout(60_000);
  const limits = { freshMs: 60_000, bytesMax: 1024 ** 3 };
  return { dataDirectory, env, reference, isAnonymous: true, ...limits, signal, ...more };
}

/** Images and parts of images below the data directory. */
const kept = (dataDirectory: string) =>
  existsSync(imagesPath(dataDirectory))
    ? readdirSync(imagesPath(dataDirectory)).filter((name) => name !== 'no-logins')
    : [];

test('R-SEC-5: an image is fetched once, without logins and without what its variables have no name for', async () => {
  const engine = scriptedEngine();
  const first = await ensureImage(requestFor(engine));
  expect(first).toMatchObject({ id: 'c'.repeat(64), isNew: true, env: { PATH: '/usr/bin' } });
  expect(readFileSync(join(first.rootPath, 'etc/os-release'), 'utf8')).toBe('ID=scripted\n');
  expect(readFileSync(join(first.rootPath, 'etc/passwd'), 'utf8')).toMatch(/^moose:x:/m);
  const asked = readFileSync(join(engine.folder, 'asked'), 'utf8');
  expect(asked).toMatch(/^pull --quiet --authfile \S+no-logins\/config\.json example\.com\/acme\/tools:2$/m);
  expect(asked).toMatch(/^rm --force moose-/m);
  rmSync(join(engine.folder, 'bin'), { recursive: true });
  expect(await ensureImage(requestFor(engine))).toMatchObject({ id: first.id, isNew: false });
  expect(await knownImage(requestFor(engine))).toMatchObject({ id: first.id });
});

test('R-SEC-5: what a repository named and what a person named are kept apart', async () => {
  const engine = scriptedEngine();
  await ensureImage(requestFor(engine, { isAnonymous: false }));
  expect(await knownImage(requestFor(engine))).toBeNull();
});

test.each<[Refusable, string, string]>([
  ['info', 'Cannot connect to Podman.', 'CONTAINER_ENGINE_DOWN'],
  ['pull', 'reading manifest 2: unauthorized', 'CONTAINER_PULL_DENIED'],
  ['inspect', 'image not known', 'CONTAINER_IMAGE_MISSING'],
  ['create', 'no space left on device', 'CONTAINER_PULL_FAILED'],
  ['export', 'it is gone', 'CONTAINER_UNPACK_FAILED'],
])('R-FAIL-1: an engine that refuses to %s leaves no half image: %s', async (what, words, code) => {
  const engine = scriptedEngine();
  engine.refuse(what, words);
  await expect(ensureImage(requestFor(engine))).rejects.toMatchObject({ code });
  expect(kept(engine.dataDirectory)).toEqual([]);
});

test('R-FAIL-1: an export that ends early, and one that is cancelled, leave no half image', async () => {
  const engine = scriptedEngine();
  engine.write('broken', '');
  await expect(ensureImage(requestFor(engine))).rejects.toMatchObject({ code: 'CONTAINER_UNPACK_FAILED' });
  engine.write('hangs', '');
  const cancel = new AbortController();
  const ended = expect(ensureImage(requestFor(engine, { signal: cancel.signal }))).rejects.toThrow('stopped');
  await expect
    .poll(() => readFileSync(join(engine.folder, 'asked'), 'utf8').match(/^export /gm)?.length)
    .toBe(2);
  cancel.abort(new Error('stopped'));
  await ended;
  expect(kept(engine.dataDirectory)).toEqual([]);
  const asked = readFileSync(join(engine.folder, 'asked'), 'utf8').match(/^rm --force /gm);
  expect(asked).toHaveLength(2);
});

test('R-SEC-5: an image whose archive is above the limit leaves nothing', async () => {
  const engine = scriptedEngine();
  engine.write('files/large', 'x'.repeat(200_000));
  await expect(ensureImage(requestFor(engine, { bytesMax: 100_000 }))).rejects.toMatchObject({
    code: 'CONTAINER_IMAGE_TOO_LARGE',
    category: 'configuration',
  });
  expect(kept(engine.dataDirectory)).toEqual([]);
  // The engine says so before anything is unpacked.
  engine.write('image.json', JSON.stringify([{ Id: 'c'.repeat(64), Size: 2e9 }]));
  await expect(ensureImage(requestFor(engine))).rejects.toMatchObject({ code: 'CONTAINER_IMAGE_TOO_LARGE' });
  expect(readFileSync(join(engine.folder, 'asked'), 'utf8').match(/^create /gm)).toHaveLength(1);
});

test('R-SEC-5: the image of a work order is found by its ID, by its digest, or not at all', async () => {
  const engine = scriptedEngine();
  const first = await ensureImage(requestFor(engine));
  rmSync(join(imagesPath(engine.dataDirectory), 'names'), { recursive: true });
  expect(await pinnedImage(requestFor(engine), first)).toMatchObject({ id: first.id, isNew: false });
  const digest = `example.com/acme/tools:2@sha256:${'d'.repeat(64)}`;
  expect(await pinnedImage(requestFor(engine), { id: 'e'.repeat(64), name: digest })).toMatchObject({
    name: `example.com/acme/tools@sha256:${'d'.repeat(64)}`,
  });
  const built = { id: 'e'.repeat(64), name: 'example.com/acme/tools:2' };
  await expect(pinnedImage(requestFor(engine), built)).rejects.toMatchObject({
    code: 'CONTAINER_IMAGE_GONE',
  });
});

test('R-SEC-5: links of an image lead to nothing outside it while it is unpacked', async () => {
  const engine = scriptedEngine();
  const outside = join(engine.folder, 'outside');
  writeFileSync(outside, 'of the machine\n');
  symlinkSync(outside, join(engine.folder, 'files/etc/passwd'));
  const { rootPath } = await ensureImage(requestFor(engine));
  expect(readFileSync(outside, 'utf8')).toBe('of the machine\n');
  expect(readFileSync(join(rootPath, 'etc/passwd'), 'utf8')).toMatch(/^moose:x:/);
});

test('R-FAIL-1: an image with a file in the place of /etc is kept as it is', async () => {
  const engine = scriptedEngine();
  rmSync(join(engine.folder, 'files/etc'), { recursive: true });
  engine.write('files/etc', 'a file');
  const { rootPath } = await ensureImage(requestFor(engine));
  expect(readFileSync(join(rootPath, 'etc'), 'utf8')).toBe('a file');
});

test('R-FAIL-1: two that unpack the same image at the same time both have it', async () => {
  const engine = scriptedEngine();
  const both = await Promise.all([ensureImage(requestFor(engine)), ensureImage(requestFor(engine))]);
  expect(new Set(both.map(({ rootPath }) => rootPath)).size).toBe(1);
  expect(kept(engine.dataDirectory).sort()).toEqual(['c'.repeat(64), 'names']);
});

test('R-FAIL-1: a note about an image that cannot be read stops, and one that says nothing useful is fetched again', async () => {
  const engine = scriptedEngine();
  await ensureImage(requestFor(engine));
  const names = join(imagesPath(engine.dataDirectory), 'names');
  const [note = ''] = readdirSync(names);
  writeFileSync(join(names, note), 'no JSON');
  expect(await knownImage(requestFor(engine))).toBeNull();
  expect(await ensureImage(requestFor(engine))).toMatchObject({ isNew: false });
  rmSync(join(names, note));
  mkdirSync(join(names, note));
  await expect(knownImage(requestFor(engine))).rejects.toMatchObject({ code: 'EISDIR' });
});

test('R-PROJ-2: without an engine, the sentence names what to install', async () => {
  const engine = scriptedEngine();
  rmSync(join(engine.folder, 'bin/podman'));
  const env = { ...engine.env, PATH: join(engine.folder, 'bin') };
  await expect(ensureImage(requestFor({ ...engine, env }))).rejects.toMatchObject({
    code: 'CONTAINER_ENGINE_MISSING',
    advice: expect.stringContaining('Install podman or docker'),
  });
});

test('R-FAIL-1: containers of processes that are gone are removed, those of live ones stay', async () => {
  const engine = scriptedEngine();
  await ensureImage(requestFor(engine));
  const asked = () => readFileSync(join(engine.folder, 'asked'), 'utf8');
  const [, prefix = ''] = /^rm --force (\S+?)-\d+-[0-9a-f-]{36}$/m.exec(asked()) ?? [];
  const gone = `${prefix}-${2 ** 22 + 1}-left`;
  const live = `${prefix}-${process.pid}-live`;
  engine.write('left', `${gone}\n${live}\nstranger\n`);
  rmSync(imagesPath(engine.dataDirectory), { recursive: true });
  await ensureImage(requestFor(engine));
  expect(asked()).toContain(`rm --force ${gone}\n`);
  expect(asked()).not.toContain(`rm --force ${live}\n`);
  expect(asked()).not.toContain('rm --force stranger');
});

test('R-SEC-5: an image that is too large is refused, by what the engine says of it or by what is unpacked', async () => {
  const engine = scriptedEngine();
  const tooLarge = { code: 'CONTAINER_IMAGE_TOO_LARGE', message: expect.stringContaining('is larger than') };
  await expect(ensureImage(requestFor(engine, { bytesMax: 999 }))).rejects.toMatchObject(tooLarge);
  const asked = readFileSync(join(engine.folder, 'asked'), 'utf8');
  expect(asked).not.toContain('export');
  expect(asked).not.toContain('image rm');
  engine.write('files/large', 'x'.repeat(100_000));
  await expect(ensureImage(requestFor(engine, { bytesMax: 50_000 }))).rejects.toMatchObject(tooLarge);
  expect(kept(engine.dataDirectory)).toEqual([]);
});

test('R-PROJ-2: a work order keeps its image; if that is gone and cannot be fetched again, it stops', async () => {
  const engine = scriptedEngine();
  const request = requestFor(engine);
  const { id, name } = await ensureImage(request);
  expect(await pinnedImage(request, { id, name })).toMatchObject({ id, isNew: false });
  const gone = { id: 'd'.repeat(64), name: 'example.com/acme/tools:1' };
  await expect(pinnedImage(request, gone)).rejects.toMatchObject({ code: 'CONTAINER_IMAGE_GONE' });
});
