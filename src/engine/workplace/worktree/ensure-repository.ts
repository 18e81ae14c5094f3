// Provides what a step needs of a project with a remote: this machine's mirror, with the commit that the change starts
// from.
import type { Step } from '../../../domain/transitions.ts';
import { ensureMirrorWith } from '../../../git/remote/mirror.ts';
import { mirrorOf } from '../../run/project-here.ts';
import type { Work } from '../../run/work.ts';

/** Routing does its own fetch. A later step may run on a machine without a mirror. */
export async function ensureRepository({ order, project, signal }: Work, step: Step): Promise<void> {
  const mirror = mirrorOf(project, signal);
  if (mirror === null || step === 'routing' || order.baseSha === null) return;
  await ensureMirrorWith(mirror, order.baseSha);
}
