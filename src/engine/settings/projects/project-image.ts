// The container image that a person chooses for a project (R-SEC-5).

import type * as wire from '../../../contract/contract.ts';
import { parseImage } from '../../../domain/machine/image.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import { noImage } from '../../policy/project-values.ts';
import type { ProjectChange } from './ask-projects.ts';
import { projectFailures } from './failure-catalogue.ts';

/** @throws PermanentError CONTAINER_IMAGE_INVALID */
export function imageSettings({ image }: Pick<ProjectChange, 'image'>): { image?: string | null } {
  if (image === undefined) return {};
  if (image === null || image === noImage || parseImage(image) !== null) return { image };
  throw projectFailures.CONTAINER_IMAGE_INVALID('change', { image });
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
