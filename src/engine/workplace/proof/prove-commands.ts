// Runs a project's setup and checks on a clean checkout of one commit, without a work order. They are isolated, limited
// and stopped like checks, and never run in the user's own checkout (R-PROJ-2).
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { makeScratchCheckout } from '../../../git/worktree/scratch-checkout.ts';
import { readRefusals } from '../../../sessions/isolation/egress-files.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import { networkOf } from '../checks/check-network.ts';
import { copyFiles } from '../prepared/put-files.ts';
import { type ProofDaemons, startProofDaemons } from './proof-daemons.ts';
import { type ProofPlace, withProofPlace } from './proof-place.ts';
import type { Proof, ProofDeps, ProofOutcome, ProofRequest } from './proof-request.ts';
import { runInPlace } from './proof-session.ts';

const outputTailBytes = 4 * 1024;

/**
 * Runs the commands one after the other in the same checkout. If a setup fails, the later commands are not run: they
 * would only repeat the failure.
 */
export async function proveCommands<Command extends Check>(
  deps: ProofDeps,
  request: ProofRequest<Command>,
): Promise<Proof<Command>[]> {
  return withProofPlace(deps.settings, (place) => proveIn(deps, request, place));
}

async function proveIn<Command extends Check>(
  deps: ProofDeps,
  request: ProofRequest<Command>,
  place: ProofPlace,
): Promise<Proof<Command>[]> {
  const { signal } = deps;
  const { repositoryPath, sha, commands, privateHosts } = request;
  const proofs: Proof<Command>[] = [];
  let daemons: ProofDaemons | undefined;
  try {
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
  const wanted = networkOf(deps, [command], request.commands);
  const { end, directory, level } = await runInPlace(deps, request, place, {
    argv: ['sh', '-c', command.command],
    wanted,
    networkPid,
    directory: join(place.path, 'sessions', randomUUID()),
  });
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
