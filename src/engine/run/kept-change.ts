// The copy of a change in the database, so that a later step can run on another machine. A change that is too large for
// it has been paid for all the same: it stays on its branch, and its patch says that it is cut.
import { isMooseError } from '../../domain/failure.ts';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import { type BundleRange, type DiffRange, makeBundle, makePatch } from '../../git/read/patch.ts';
import type { Query } from '../../store/database.ts';
import { saveArtifact } from '../../store/work/sessions/artifacts.ts';

export interface PackedChange {
  patch: Buffer;
  bundle: Buffer;
}

/** Takes the place of a bundle: without it, the bundle of an earlier change would count as the newest. */
const noBundle = Buffer.alloc(0);

export function isBundle(kept: Buffer | undefined): kept is Buffer {
  return kept !== undefined && kept.length > 0;
}

export async function packChange(
  range: DiffRange,
  { patchBytesMax, bundleBytesMax }: { patchBytesMax?: number; bundleBytesMax?: number } = {},
): Promise<PackedChange> {
  const { repositoryPath, from, to, signal } = range;
  const limit = bundleBytesMax === undefined ? {} : { bytesMax: bundleBytesMax };
  return {
    patch: await makePatch(range, patchBytesMax),
    bundle: await bundleIfItFits({ repositoryPath, base: from, head: to, signal, ...limit }),
  };
}

async function bundleIfItFits(range: BundleRange): Promise<Buffer> {
  try {
    return await makeBundle(range);
  } catch (cause) {
    if (!isMooseError(cause) || cause.code !== 'GIT_OUTPUT_TOO_LARGE') throw cause;
    return noBundle;
  }
}

export async function saveChange(
  query: Query,
  owner: { workOrderId: WorkOrderId; runId: RunId; cycle: number },
  { patch, bundle }: PackedChange,
): Promise<void> {
  await saveArtifact(query, { ...owner, kind: 'patch', content: patch });
  await saveArtifact(query, { ...owner, kind: 'bundle', content: bundle });
}
