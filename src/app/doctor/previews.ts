// Checks where previews of services are served, and whether their pages can set cookies that reach Mission Control.
import { previewProblem, sharedParent } from '../../domain/machine/preview.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { InterfaceSettings } from '../config/interface-settings.ts';

/** Empty if previews are off. */
export function diagnosePreviews({
  previews,
  baseUrl,
}: Pick<InterfaceSettings, 'previews' | 'baseUrl'>): Diagnosis[] {
  if (previews === null) return [];
  const { pattern, bind, port } = previews;
  const name = 'previews';
  const problem = previewProblem(pattern, baseUrl);
  const served = `${pattern}, served on port ${port} of ${bind}`;
  const shared = sharedParent(pattern, baseUrl);
  if (problem === null && shared === null) return [{ name, state: 'ok', found: served, advice: null }];
  if (problem === null)
    return [
      {
        name,
        state: 'warning',
        found: `${served}; its pages can set cookies for ${shared}, and browsers send those to Mission Control too`,
        advice: `Use a separate domain for previews in MOOSE_PREVIEW_URL: with many cookies for ${shared}, a page can make Mission Control unusable in that browser until they are deleted. If ${shared} is a public suffix, as co.uk is, no page can do this.`,
      },
    ];
  return [
    {
      name,
      state: 'missing',
      found: `${pattern} is not safe: ${problem}`,
      advice:
        'Set MOOSE_PREVIEW_URL to a name that shares nothing with MOOSE_BASE_URL, or serve MOOSE_BASE_URL over https. Until then `moose up` does not start.',
    },
  ];
}
