// Runs a project's setup and checks on a clean checkout of one commit, without a work order. They are isolated, limited
// and stopped like checks, and never run in the user's own checkout (R-PROJ-2).
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { lstatIfThere } from '../../../git/run/is-there.ts';
import { makeScratchCheckout } from '../../../git/worktree/scratch-checkout.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { followOutput } from '../../../sessions/follow-output.ts';
import { readRefusals } from '../../../sessions/isolation/egress-files.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import { watchProcess } from '../../../sessions/watch-process.ts';
import { makeDirectory } from '../../../stdx/files/make-directory.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import { networkOf } from '../checks/check-network.ts';
import { copyFiles } from '../prepared/put-files.ts';
import { type ProofDaemons, startProofDaemons } from './proof-daemons.ts';
import type { Proof, ProofDeps, ProofOutcome, ProofRequest } from './proof-request.ts';
import { endInPlace, type ProofPlace, startInPlace } from './proof-session.ts';

const outputTailBytes = 4 * 1024;

/**
 * Runs the commands one after the other in the same checkout. If a setup fails, the later commands are not run: they
 * would only repeat the failure.
 */
export async function proveCommands<Command extends Check>(
  deps: ProofDeps,
  request: ProofRequest<Command>,
): Promise<Proof<Command>[]> {
  const { settings, signal } = deps;
  const { repositoryPath, sha, commands, privateHosts } = request;
  const path = join(settings.dataDirectory, 'proofs', randomUUID());
  const place: ProofPlace = { path, checkout: join(path, 'checkout'), home: join(path, 'home') };
  const proofs: Proof<Command>[] = [];
  let daemons: ProofDaemons | undefined;
  try {
    // The mode lets another user, such as the database's, pass through the directory but not list it.
    await makeDirectory(settings.dataDirectory, 0o711);
    await clearLeft(join(settings.dataDirectory, 'proofs'), settings.stopGraceMs);
    await mkdir(place.home, { recursive: true, mode: 0o700 });
    const checkout = { repositoryPath, path: place.checkout, sha, privateHosts, signal };
    await makeScratchCheckout({ ...checkout, mayFetchLfs: true });
    await copyFiles(place.checkout, request.copied ?? null, signal);
    let isSetUp = true;
    for (const command of commands) {
      if (isSetUp && command.kind !== 'setup') daemons ??= await startProofDaemons(deps, request, place);
      if (isSetUp) request.onStart?.(command);
      const proof: Proof<Command> = isSetUp
        ? await prove(deps, request, place, command, daemons?.networkPid ?? null)
        : notRun(command);
      isSetUp &&= command.kind !== 'setup' || proof.outcome === 'passed';
      proofs.push(proof);
      request.onEnd?.(proof);
    }
    return proofs;
  } finally {
    await daemons?.stop();
    await removeTree(path);
  }
}

/** No proof takes this long, so the Moose that ran it was killed. */
const leftAfterMs = 24 * 60 * 60_000;

/** Cleans up after a killed Moose: stops its processes and removes their files. */
async function clearLeft(folder: string, graceMs: number): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    // Another Moose may have just removed its own checkout.
    const found = await lstatIfThere(path);
    if (found === null || Date.now() - found.mtimeMs < leftAfterMs) continue;
    for (const session of await namesIn(join(path, 'sessions'))) {
      const handle = await findProcess(join(path, 'sessions', session));
      if (handle !== null) await endInPlace(handle, graceMs);
    }
    await removeTree(path);
  }
}

function notRun<Command extends Check>(command: Command): Proof<Command> {
  return {
    command,
    outcome: 'not_run',
    durationMs: 0,
    exitCode: null,
    outputTail: '',
    isolation: null,
    refused: [],
  };
}

async function prove<Command extends Check>(
  deps: ProofDeps,
  request: ProofRequest<Command>,
  place: ProofPlace,
  command: Command,
  networkPid: number | null,
): Promise<Proof<Command>> {
  const { settings, signal } = deps;
  const directory = join(place.path, 'sessions', randomUUID());
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const wanted = networkOf({ settings }, [command], request.commands);
  const asked = { argv: ['sh', '-c', command.command] as const, wanted, networkPid };
  const { handle, level } = await startInPlace(deps, request, place, directory, asked);
  const following = follow(handle, request, signal);
  let end: SessionEnd;
  try {
    end = await watchProcess(handle, {
      wallClockMs: settings.checkTimeLimitMs,
      silenceMs: settings.silenceMsMax,
      outputBytesMax: settings.outputBytesMax,
      graceMs: settings.stopGraceMs,
      signal,
    });
  } finally {
    // Stops background processes too, even after Ctrl-C: nobody would adopt them.
    await endInPlace(handle, settings.stopGraceMs);
    await following;
  }
  const { stdout, stderr } = await readOutput(directory, outputTailBytes);
  return {
    command,
    outcome: outcomeOf(end),
    durationMs: end.endedAt.getTime() - end.startedAt.getTime(),
    exitCode: end.exitCode,
    outputTail: [stdout.text, stderr.text].filter(Boolean).join('\n'),
    isolation: level,
    refused: readRefusals(directory),
  };
}

function outcomeOf({ exitCode, reason }: SessionEnd): ProofOutcome {
  if (reason === 'timeout' || reason === 'silent') return 'timed_out';
  return reason === null && exitCode === 0 ? 'passed' : 'failed';
}

async function follow(
  { directory }: ProcessHandle,
  { onOutput }: Pick<ProofRequest<Check>, 'onOutput'>,
  signal: AbortSignal,
): Promise<void> {
  if (onOutput === undefined) return;
  try {
    for await (const { text } of followOutput(directory, { signal })) onOutput(text);
  } catch (cause) {
    // After Ctrl-C, the watcher throws as well.
    if (!signal.aborted) throw cause;
  }
}
