// Finds the container image for the sessions of a work order, and fetches it before any model call (R-SEC-5).
import { join } from 'node:path';
import { ConfigurationError } from '../../../domain/failure.ts';
import { type ImageReference, parseImage, publicRegistries } from '../../../domain/image.ts';
import type { ProjectSettings } from '../../../domain/work-order.ts';
import { readIfThere } from '../../../git/is-there.ts';
import { haveImage, imagesPath, type KeptImage, knownImage } from '../../../sessions/images/image-store.ts';
import { tryImage } from '../../../sessions/images/try-image.ts';
import type { IsolationRequest } from '../../../sessions/isolation/isolate.ts';
import { replaceFile } from '../../../stdx/replace-file.ts';
import { configAt, fileOn } from '../../policy/config-at.ts';
import { imageValue } from '../../policy/project-values.ts';
import { findResult, type RoutingResult } from '../../run/step-results.ts';
import type { Work } from '../../run/work.ts';

export interface WantedImage {
  reference: ImageReference;
  /** Named by the repository's file, not by a person. */
  isAnonymous: boolean;
}

type Here = Pick<Work, 'project' | 'settings' | 'signal'>;

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

function requestFor({ settings, signal }: Pick<Here, 'settings' | 'signal'>, wanted: WantedImage) {
  const { dataDirectory, checkEnvironment: env } = settings;
  return { ...wanted, dataDirectory, env, freshMs, signal };
}

/** Fetches the image and proves that sessions run in it. Null if the project names none. */
export async function prepareImage(work: Here, baseSha: string): Promise<KeptImage | null> {
  const wanted = wantedImage(work.project.settings, await fileAt(work, baseSha));
  return wanted && provenImage(work, wanted);
}

export async function provenImage(
  here: Pick<Here, 'settings' | 'signal'>,
  wanted: WantedImage,
): Promise<KeptImage> {
  const image = await haveImage(requestFor(here, wanted));
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
  const routed = await findResult<RoutingResult>(work, 'routing');
  const wanted = routed && wantedImage(work.project.settings, await fileAt(work, routed.baseSha));
  if (!wanted) return null;
  // If the tag has moved, only the next work order uses the new image: this one keeps the image that it was prepared
  // with.
  const image = (await knownImage(requestFor(work, wanted))) ?? (await provenImage(work, wanted));
  return { image, machine: work.settings.checkEnvironment };
}

/** The image as part of the key of a kept setup result; null if the project names no image. */
export async function imageMark(here: Here, baseSha: string): Promise<string | null> {
  const wanted = wantedImage(here.project.settings, await fileAt(here, baseSha));
  if (!wanted) return null;
  return (await knownImage(requestFor(here, wanted)))?.id ?? wanted.reference.text;
}

function unusable({ name }: KeptImage, said: string): ConfigurationError {
  return new ConfigurationError({
    code: 'CONTAINER_IMAGE_UNUSABLE',
    component: 'pipeline',
    operation: 'prepare',
    message: `Sessions cannot run in the image ${name}: ${said}.`,
    advice: `Name an image that has /bin/sh and is built for this machine's processor (${process.arch}), or none: \`moose project set NAME --image none\`.`,
    metadata: { image: name },
  });
}

function notAllowed({ text, registry }: ImageReference): ConfigurationError {
  return new ConfigurationError({
    code: 'CONTAINER_IMAGE_NOT_ALLOWED',
    component: 'pipeline',
    operation: 'prepare',
    message: `${fileOn(null)} names the image ${text}, and a repository may only name images of ${publicRegistries.join(', ')}.`,
    advice: `If you trust ${registry}, name the image yourself: \`moose project set NAME --image ${text}\`.`,
    metadata: { image: text, registry },
  });
}
