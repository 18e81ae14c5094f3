// Finds the container image for the sessions of a work order, and fetches it before any model call (R-SEC-5).

import { join } from 'node:path';
import type { ConfigurationError } from '../../../domain/failure.ts';
import { type ImageReference, parseImage, publicRegistries } from '../../../domain/machine/image.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import { readIfThere } from '../../../git/run/is-there.ts';
import {
  ensureImage,
  imagesPath,
  type KeptImage,
  knownImage,
  type PinnedImage,
  pinnedImage,
} from '../../../sessions/images/image-store.ts';
import { tryImage } from '../../../sessions/images/try-image.ts';
import type { IsolationRequest } from '../../../sessions/isolation/isolate.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import { configAt, fileOn } from '../../policy/config-at.ts';
import { imageValue } from '../../policy/project-values.ts';
import { findResult } from '../../run/step-results.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';

export interface WantedImage {
  reference: ImageReference;
  /** Named by the repository's file, not by a person. */
  isAnonymous: boolean;
}

type Here = Pick<Work, 'project' | 'settings' | 'signal'> & { image?: PinnedImage | null | undefined };
type Limited = Pick<Here, 'settings' | 'signal'>;

const gib = 1024 ** 3;

/** After this time, the next work order resolves the tag again. */
const freshMs = 24 * 3_600_000;

/** Null if the project names none. @throws ConfigurationError CONTAINER_IMAGE_NOT_ALLOWED */
export function wantedImage(
  project: ProjectSettings,
  file: { container?: { image: string } | undefined } | null,
): WantedImage | null {
  const { value, source } = imageValue(project, file);
  const reference = value === null ? null : parseImage(value);
  if (reference === null) return null;
  const isAnonymous = source === 'file';
  if (isAnonymous && !publicRegistries.includes(reference.registry)) throw notAllowed(reference);
  return { reference, isAnonymous };
}

const read = new Map<string, { container?: { image: string } | undefined }>();
const readMax = 100;

/** A commit never changes, and each session of its work order asks for its image. */
async function fileAt({ project, signal }: Here, commit: string) {
  const key = `${project.repositoryPath} ${commit}`;
  const known = read.get(key);
  if (known) return known;
  const { container } = (await configAt(project.repositoryPath, commit, signal)) ?? {};
  if (read.size >= readMax) read.clear();
  read.set(key, { container });
  return { container };
}

function requestFor({ settings, signal }: Limited, wanted: WantedImage) {
  const { dataDirectory, checkEnvironment: env, imageGbMax } = settings;
  return { ...wanted, dataDirectory, env, freshMs, bytesMax: imageGbMax * gib, signal };
}

/**
 * Fetches the image and proves that sessions run in it. Null if the project names none. A work order that was prepared
 * before keeps its image, unless somebody has named another one since.
 */
export async function prepareImage(work: Work, baseSha: string): Promise<PreparedImage | null> {
  const wanted = wantedImage(work.project.settings, await fileAt(work, baseSha));
  if (!wanted) return null;
  const asked = askedAs(wanted);
  const earlier = await earlierPin(work);
  const isSame = earlier?.asked === asked;
  return { ...(await (isSame ? repinned(work, wanted, earlier) : provenImage(work, wanted))), asked };
}

export type PreparedImage = KeptImage & { asked: string };

const askedAs = ({ reference, isAnonymous }: WantedImage) =>
  `${isAnonymous ? 'repository' : 'person'}: ${reference.text}`;

async function earlierPin(work: Work): Promise<(PinnedImage & { asked: string }) | null> {
  const { image, imageId, imageAsked } = (await findResult(work, 'preparing')) ?? {};
  return image && imageId && imageAsked ? { id: imageId, name: image, asked: imageAsked } : null;
}

async function repinned(here: Limited, wanted: WantedImage, pinned: PinnedImage): Promise<KeptImage> {
  return proven(here, await pinnedImage(requestFor(here, wanted), pinned));
}

export async function provenImage(here: Limited, wanted: WantedImage): Promise<KeptImage> {
  return proven(here, await ensureImage(requestFor(here, wanted)));
}

async function proven(here: Limited, image: KeptImage): Promise<KeptImage> {
  const path = join(imagesPath(here.settings.dataDirectory), image.id, 'proven');
  // Another version of Node may need other libraries.
  if ((await readIfThere(path)) === process.execPath) return image;
  const said = await tryImage(image);
  if (said !== null) throw unusable(image, said);
  await replaceFile(path, process.execPath);
  return image;
}

/** Called for each session of the work order. A machine that did not prepare the work order fetches the image first. */
export async function containerFor(work: Work): Promise<NonNullable<IsolationRequest['container']> | null> {
  const routed = await findResult(work, 'routing');
  const pinned = await pinOf(work);
  const wanted = routed && wantedFor(work, await fileAt(work, routed.baseSha), pinned);
  if (!wanted) return null;
  // If the tag has moved, only the next work order uses the new image: this one keeps the image that it was prepared
  // with.
  const image = pinned
    ? await repinned(work, wanted, pinned)
    : ((await knownImage(requestFor(work, wanted))) ?? (await provenImage(work, wanted)));
  return { image, machine: work.settings.checkEnvironment };
}

/** An image that the project adds or removes after this work order was prepared changes nothing for it. */
function wantedFor(
  { project }: Here,
  file: Parameters<typeof wantedImage>[1],
  pinned: PinnedImage | null | undefined,
): WantedImage | null {
  if (pinned === null) return null;
  const wanted = wantedImage(project.settings, file);
  if (wanted || !pinned) return wanted;
  const reference = parseImage(pinned.name);
  return reference && { reference, isAnonymous: false };
}

/** Null: it was prepared without an image. Undefined: it was not prepared, or by an older Moose. */
export async function pinOf(work: Work): Promise<PinnedImage | null | undefined> {
  if (work.image !== undefined) return work.image;
  const prepared = await findResult(work, 'preparing');
  if (prepared === undefined) return undefined;
  const { image, imageId } = prepared;
  if (image === undefined) return null;
  return imageId === undefined ? undefined : { id: imageId, name: image };
}

/** The image as part of the key of a kept setup result; null if the project names no image. */
export async function imageMark(here: Here, baseSha: string): Promise<string | null> {
  if (here.image !== undefined) return here.image?.id ?? null;
  const wanted = wantedImage(here.project.settings, await fileAt(here, baseSha));
  if (!wanted) return null;
  return (await knownImage(requestFor(here, wanted)))?.id ?? wanted.reference.text;
}

function unusable({ name }: KeptImage, said: string): ConfigurationError {
  return workplaceFailures.CONTAINER_IMAGE_UNUSABLE(
    { operation: 'prepare', metadata: { image: name } },
    { name, said, arch: process.arch },
  );
}

function notAllowed({ text, registry }: ImageReference): ConfigurationError {
  return workplaceFailures.CONTAINER_IMAGE_NOT_ALLOWED(
    { operation: 'prepare', metadata: { image: text, registry } },
    { file: fileOn(null), text, publicRegistries: publicRegistries.join(', '), registry },
  );
}
