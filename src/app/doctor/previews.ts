// Checks where previews of services are served, and that they cannot set cookies for Mission Control.
import { previewProblem } from '../../domain/machine/preview.ts';
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
  if (problem === null)
    return [{ name, state: 'ok', found: `${pattern}, served on port ${port} of ${bind}`, advice: null }];
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
