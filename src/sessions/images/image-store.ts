// The unpacked images of this machine, each stored once under the digest of its content: the files are in
// `images/ID/root`, the image's own settings in `images/ID/image.json`. `images/names/` records the image to
// which each name was resolved.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type ImageReference, parseImage } from '../../domain/machine/image.ts';
import { publish, replaceFile } from '../../stdx/files/durable-files.ts';
import { parseKept } from '../../stdx/files/kept-json.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { sessionFailures } from '../failure-catalogue.ts';
import type { SessionImage } from '../isolation/image-view.ts';
import { engineDown, engineFailure } from './engine-failure.ts';
import { askEngine, type ImageEngine, inspectEngine, installedEngines } from './engines.ts';
import { imageTooLarge, unpackImage } from './unpack.ts';

export interface ImageRequest {
  dataDirectory: string;
  /** The environment for the engine's process. */
  env: Readonly<Record<string, string>>;
  reference: ImageReference;
  /**
   * True for an image that a repository names: it is fetched without the machine's logins, and never taken from the
   * engine's local images.
   */
  isAnonymous: boolean;
  /** After this time, a tag is resolved again; until then, the stored image is used. */
  freshMs: number;
  /** The most disk space that its files may use on this machine. */
  bytesMax: number;
  signal: AbortSignal;
}

/** The image with which a work order was prepared. */
export interface PinnedImage {
  id: string;
  /** With its digest, if it came from a registry. */
  name: string;
}

export interface KeptImage extends SessionImage {
  id: string;
  /** True if this call fetched the image. */
  isNew: boolean;
}

/** Enough for an image of tens of gigabytes over a slow connection. */
const pullMsMax = 60 * 60_000;

const nameShape = z.object({ id: z.string(), name: z.string(), at: z.number() });
const imageShape = z.object({ env: z.record(z.string(), z.string()) });
const idPattern = /^[0-9a-f]{64}$/;

export function imagesPath(dataDirectory: string): string {
  return join(dataDirectory, 'images');
}

/** Returns the image that the name refers to; fetches and unpacks it if this machine does not have it. */
export async function ensureImage(request: ImageRequest): Promise<KeptImage> {
  const known = await knownName(request);
  const isFresh = known !== null && (request.reference.isPinned || Date.now() - known.at < request.freshMs);
  const kept = known && isFresh ? await keptImage(request, known) : null;
  return kept ?? fetchImage(request);
}

/** Returns the image to which the name was resolved last; null if this machine does not have its files. */
export async function knownImage(request: ImageRequest): Promise<KeptImage | null> {
  const known = await knownName(request);
  return known && keptImage(request, known);
}

/**
 * The same image again, wherever its tag points now. If this machine does not have it, it is fetched by its digest.
 * @throws ConfigurationError CONTAINER_IMAGE_GONE
 */
export async function pinnedImage(request: ImageRequest, pinned: PinnedImage): Promise<KeptImage> {
  const kept = await keptImage(request, pinned);
  if (kept) return kept;
  const reference = parseImage(pinned.name);
  if (reference?.isPinned) return ensureImage({ ...request, reference });
  // An image that was built on a machine has no digest that a registry knows.
  const now = await ensureImage(request);
  if (now.id === pinned.id) return now;
  throw sessionFailures.CONTAINER_IMAGE_GONE(
    { operation: 'get image', metadata: { image: pinned.name, id: pinned.id } },
    { name: pinned.name },
  );
}

async function fetchImage(request: ImageRequest): Promise<KeptImage> {
  const { dataDirectory, reference, signal, bytesMax } = request;
  const engine = await engineFor(request);
  const wasThere = await isInEngine(engine, request);
  await pull(engine, request);
  const { id, env, digest, bytes } = await inspect(engine, request);
  if (bytes > bytesMax) {
    // Images that the engine had before are not Moose's to remove.
    if (!wasThere) await askEngine(engine, ['image', 'rm', reference.text], { signal });
    throw imageTooLarge(reference.text, bytesMax);
  }
  const name = reference.isPinned || digest === null ? reference.text : `${reference.text}@${digest}`;
  const folder = join(imagesPath(dataDirectory), id);
  const isNew = (await readShape(join(folder, 'image.json'), imageShape)) === null;
  if (isNew) {
    const beside = `${folder}.${randomUUID()}`;
    try {
      await mkdir(beside, { recursive: true, mode: 0o700 });
      await unpackImage(engine, { id, name, folder: join(beside, 'root'), bytesMax, signal });
      await writePassing(join(beside, 'image.json'), JSON.stringify({ env }), { mode: 0o600 });
      await publish(beside, folder, signal).catch(unlessThere);
    } finally {
      await removeTree(beside);
    }
  }
  const said = { id, name, at: Date.now() } satisfies z.infer<typeof nameShape>;
  await replaceFile(namePath(request), JSON.stringify(said));
  return { id, name, env, isNew, rootPath: join(folder, 'root') };
}

/** Accepts that another run has unpacked the same image at the same time. */
function unlessThere(error: unknown): void {
  if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
}

async function engineFor({ env, reference, signal }: ImageRequest): Promise<ImageEngine> {
  const installed = installedEngines(env);
  const states = await Promise.all(installed.map((engine) => inspectEngine(engine, signal)));
  const usable = installed.find((_, index) => states[index]?.version !== null);
  if (usable) return usable;
  const [first] = states;
  if (first) throw engineDown(first);
  throw sessionFailures.CONTAINER_ENGINE_MISSING(
    { operation: 'get image', metadata: { image: reference.text } },
    { text: reference.text },
  );
}

async function pull(engine: ImageEngine, request: ImageRequest): Promise<void> {
  const { reference, isAnonymous, signal, dataDirectory } = request;
  // A person may name an image that was built on this machine.
  const isOwn = reference.isPinned || reference.registry === 'localhost';
  if (!isAnonymous && isOwn && (await isInEngine(engine, request))) return;
  const words = isAnonymous
    ? await withoutLogins(engine, imagesPath(dataDirectory), signal)
    : { before: [], after: [], env: {} };
  const { code, stderr } = await askEngine(
    { ...engine, env: { ...engine.env, ...words.env } },
    [...words.before, 'pull', '--quiet', ...words.after, reference.text],
    { signal, timeoutMs: pullMsMax },
  );
  if (code === 0) return;
  // The tag exists only on this machine, or its registry is unreachable.
  if (!isAnonymous && (await isInEngine(engine, request))) return;
  throw engineFailure(engine.name, reference.text, stderr);
}

async function isInEngine(engine: ImageEngine, { reference, signal }: ImageRequest): Promise<boolean> {
  return (await askEngine(engine, ['image', 'inspect', reference.text], { signal })).code === 0;
}

interface EngineWords {
  before: string[];
  after: string[];
  env: Record<string, string>;
}

/**
 * Docker reads its logins and the address of its daemon from the same folder, so Moose asks for the address before it
 * replaces the folder.
 */
async function withoutLogins(engine: ImageEngine, folder: string, signal: AbortSignal): Promise<EngineWords> {
  const empty = join(folder, 'no-logins');
  await mkdir(empty, { recursive: true, mode: 0o700 });
  const file = join(empty, 'config.json');
  await writePassing(file, '{}', { mode: 0o600 });
  if (engine.name === 'podman') return { before: [], after: ['--authfile', file], env: {} };
  const asked = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'];
  const { code, stdout } = await askEngine(engine, asked, { signal });
  const host = engine.env.DOCKER_HOST ?? (code === 0 ? stdout.trim() : '');
  return { before: ['--config', empty], after: [], env: host === '' ? {} : { DOCKER_HOST: host } };
}

const inspected = z.tuple([
  z.object({
    Id: z.string(),
    Config: z.object({ Env: z.array(z.string()).nullish() }).nullish(),
    RepoDigests: z.array(z.string()).nullish(),
    Size: z.number().nullish(),
  }),
]);

async function inspect(engine: ImageEngine, { reference, signal }: ImageRequest) {
  const { code, stdout, stderr } = await askEngine(engine, ['image', 'inspect', reference.text], { signal });
  if (code !== 0) throw engineFailure(engine.name, reference.text, stderr);
  const [image] = inspected.parse(JSON.parse(stdout));
  const id = image.Id.replace('sha256:', '');
  const digest = image.RepoDigests?.[0]?.split('@')[1] ?? null;
  return { id, digest, env: environmentOf(image.Config?.Env ?? []), bytes: image.Size ?? 0 };
}

function environmentOf(lines: readonly string[]): Record<string, string> {
  const entries = lines.map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  return Object.fromEntries(entries.filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)));
}

async function keptImage(
  { dataDirectory }: ImageRequest,
  { id, name }: PinnedImage,
): Promise<KeptImage | null> {
  if (!idPattern.test(id)) return null;
  const folder = join(imagesPath(dataDirectory), id);
  const read = await readShape(join(folder, 'image.json'), imageShape);
  if (read === null) return null;
  // Marks the image as used: unused images are removed.
  const now = new Date();
  await utimes(join(folder, 'image.json'), now, now);
  return { id, name, env: read.env, rootPath: join(folder, 'root'), isNew: false };
}

function knownName(request: ImageRequest) {
  return readShape(namePath(request), nameShape);
}

/**
 * Images that a repository names and images that a person names are kept apart, because a person's image may be
 * private.
 */
function namePath({ dataDirectory, reference, isAnonymous }: ImageRequest): string {
  const key = createHash('sha256').update(`${isAnonymous} ${reference.text}`).digest('hex');
  return join(imagesPath(dataDirectory), 'names', `${key}.json`);
}

async function readShape<Shape>(path: string, shape: z.ZodType<Shape>): Promise<Shape | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  });
  return parseKept(text, shape);
}
