// The container image that a person chooses for a project (R-SEC-5).
import type * as wire from '../../contract/contract.ts';
import { PermanentError } from '../../domain/failure.ts';
import { parseImage } from '../../domain/image.ts';
import type { ProjectSettings } from '../../domain/work-order.ts';
import { noImage } from '../policy/project-values.ts';
import type { ProjectChange } from './ask-projects.ts';

/** @throws PermanentError CONTAINER_IMAGE_INVALID */
export function imageSettings({ image }: Pick<ProjectChange, 'image'>): { image?: string | null } {
  if (image === undefined) return {};
  if (image === null || image === noImage || parseImage(image) !== null) return { image };
  throw new PermanentError({
    code: 'CONTAINER_IMAGE_INVALID',
    component: 'projects',
    operation: 'change',
    message: `"${image}" is not a container image.`,
    advice:
      'Specify an image such as node:24, ghcr.io/acme/tools:2 or ghcr.io/acme/tools@sha256:DIGEST; "none" runs without one.',
  });
}

/** If a person names an image, it is fetched with the machine's logins, so it may be private. */
export function widenedImage(
  { name, image: now }: Pick<wire.Project, 'name'> & { image: string | null },
  { image }: Pick<ProjectChange, 'image'>,
): string[] {
  if (image === undefined || image === null || image === noImage || image === now) return [];
  return [`running the sessions of project ${name} in the image ${image}`];
}

export const imageOf = ({ image }: ProjectSettings) => ({ image: image ?? null });
