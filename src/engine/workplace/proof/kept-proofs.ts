// What was proven of a commit, kept in the data directory: a later `moose init` on the same commit reads it instead of
// running setup and checks again. A file that cannot be read counts as no proof.
import { readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { refusalReasons } from '../../../domain/machine/egress.ts';
import { isolationLevels } from '../../../domain/machine/session.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import type { DaemonProof, Proof } from './proof-request.ts';

/** How many commits are remembered; the oldest proofs are removed first. */
const commitsMax = 100;

const keptSchema = z.object({
  proven_at: z.iso.datetime(),
  proofs: z.array(
    z.object({
      kind: z.string(),
      command: z.string(),
      outcome: z.enum(['passed', 'failed', 'timed_out', 'not_run']),
      durationMs: z.number(),
      exitCode: z.number().nullable(),
      outputTail: z.string(),
      isolation: z.enum(isolationLevels).nullable(),
      refused: z.array(
        z.object({
          host: z.string(),
          port: z.number(),
          reason: z.enum(refusalReasons),
          count: z.number(),
          firstAt: z.string(),
        }),
      ),
    }),
  ),
  services: z.array(
    z.object({
      name: z.string(),
      command: z.string(),
      isReady: z.boolean(),
      durationMs: z.number(),
      outputTail: z.string(),
    }),
  ),
});
type Kept = z.infer<typeof keptSchema>;

const folderOf = (dataDirectory: string) => join(dataDirectory, 'proven');
const pathOf = (dataDirectory: string, sha: string) => join(folderOf(dataDirectory), `${sha}.json`);

export async function keepProofs(
  dataDirectory: string,
  sha: string,
  { proofs, daemons, now }: { proofs: readonly Proof[]; daemons: readonly DaemonProof[]; now: Date },
): Promise<void> {
  const kept: Kept = {
    proven_at: now.toISOString(),
    proofs: proofs.map(({ command: { kind, command }, refused, ...proof }) => ({
      kind,
      command,
      ...proof,
      refused: [...refused],
    })),
    services: daemons.map(({ service: { name, command }, ...proof }) => ({ name, command, ...proof })),
  };
  await replaceFile(pathOf(dataDirectory, sha), JSON.stringify(kept));
  await forgetOldest(folderOf(dataDirectory));
}

export interface KeptProofs<Command extends Check> {
  provenAt: string;
  proofs: Proof<Command>[];
  isReady(service: {
    name: string;
    command: string;
  }): Pick<DaemonProof, 'isReady' | 'durationMs' | 'outputTail'> | null;
}

/** The proofs of these commands on this commit; null if one of them was never tried there. */
export async function keptProofs<Command extends Check>(
  dataDirectory: string,
  sha: string,
  commands: readonly Command[],
): Promise<KeptProofs<Command> | null> {
  const kept = parsed(await textOf(pathOf(dataDirectory, sha)));
  if (kept === null) return null;
  const proofs = commands.map((command) => {
    const found = kept.proofs.find((one) => one.kind === command.kind && one.command === command.command);
    return found === undefined ? null : { ...found, command };
  });
  if (proofs.length === 0 || proofs.includes(null)) return null;
  return {
    provenAt: kept.proven_at,
    proofs: proofs.filter((proof) => proof !== null),
    isReady: ({ name, command }) =>
      kept.services.find((one) => one.name === name && one.command === command) ?? null,
  };
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
}

function parsed(text: string | null): Kept | null {
  if (text === null) return null;
  try {
    return keptSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

async function forgetOldest(folder: string): Promise<void> {
  const paths = (await namesIn(folder)).map((name) => join(folder, name));
  if (paths.length <= commitsMax) return;
  const dated = await Promise.all(paths.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })));
  const oldest = dated.toSorted((a, b) => a.at - b.at).slice(0, paths.length - commitsMax);
  for (const { path } of oldest) await unlink(path);
}
