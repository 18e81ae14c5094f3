// Checks the contracts of a work order before its checks run (R-SPEC-3). The provider must deliver the file without
// breaking any planned user of it; users must not change it. A breach goes back like a red check.

import { isDeepStrictEqual } from 'node:util';
import { compareInWorker } from '../../../../compatibility/compare-in-worker.ts';
import { isComparedKind, type Pair } from '../../../../compatibility/comparison.ts';
import type { BreakingChange } from '../../../../domain/plan/breaking-change.ts';
import type {
  ApplyingResult,
  RoutingResult,
  VerifyingResult,
} from '../../../../domain/work-order/step-result.ts';
import type { TreeFile } from '../../../../git/read/tree.ts';
import { type ContractCheck, saveContractCheck } from '../../../../store/work/plans/contract-checks.ts';
import { findResult } from '../../../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../../../run/work.ts';
import type { OrderContracts, OwnContract } from '../../../specs/contracts-of.ts';
import { pipelineFailures } from '../../failure-catalogue.ts';
import { type Commit, contentOf, contractAt, readContract } from './read-contract.ts';

interface Breach {
  own: OwnContract;
  objectId: string | null;
  message: string;
  breaking: BreakingChange[];
}

interface Commits {
  before: Commit;
  after: Commit;
}

/** Undefined if every contract holds. Contracts with a command are checks, and run with the others. */
export async function refuseBreaches(
  work: Work,
  contracts: OrderContracts | null,
  routed: Pick<RoutingResult, 'baseSha'>,
  applied: Pick<ApplyingResult, 'headSha' | 'treeSha'>,
): Promise<StepEnd<'verifying'> | undefined> {
  if (!contracts) return undefined;
  const { repositoryPath } = work.project;
  const commits: Commits = {
    before: { repositoryPath, sha: routed.baseSha, signal: work.signal },
    after: { repositoryPath, sha: applied.headSha, signal: work.signal },
  };
  const breaches: Breach[] = [];
  const checked: Parameters<typeof saveContractCheck>[1][] = [];
  for (const own of contracts.own) {
    if (!isComparedKind(own.contract.kind)) continue;
    const file = await contractAt(commits.after, own.contract.path);
    const objectId = await contentOf(commits.after, file, own.contract.kind);
    const isAccepted = wasAccepted(contracts.checks, own, objectId);
    const breach = isAccepted ? null : await breachOf(commits, own, file);
    if (breach) breaches.push({ own, objectId, ...breach });
    checked.push({
      specId: contracts.specId,
      name: own.contract.name,
      workOrderId: work.order.id,
      role: own.role,
      state: isAccepted ? 'accepted' : breach ? 'broken' : 'holds',
      objectId,
      breaking: breach?.breaking ?? [],
    });
  }
  await fenced(work, async (query) => {
    for (const check of checked) await saveContractCheck(query, check);
  });
  work.reached('verifying:contracts-checked', work.run.id);
  return breaches.length === 0 ? undefined : refineEnd(work, contracts, breaches, applied.treeSha);
}

/** A person accepted this content, whoever wrote it. */
function wasAccepted(
  checks: readonly ContractCheck[],
  { contract }: OwnContract,
  objectId: string | null,
): boolean {
  return (
    objectId !== null &&
    checks.some(({ name, acceptedObjectId }) => name === contract.name && acceptedObjectId === objectId)
  );
}

type Found = Pick<Breach, 'message' | 'breaking'>;

async function breachOf(
  commits: Commits,
  own: OwnContract,
  file: TreeFile | undefined,
): Promise<Found | null> {
  const { contract, role, mayChange } = own;
  const { name, path, provider, users } = contract;
  const before = await contractAt(commits.before, path);
  const isSame = before?.objectId === file?.objectId;
  // Files that it names may still have changed.
  if (isSame && !file && role === 'user') return null;
  if (!isSame && role === 'user' && !mayChange) {
    const breaking = file && before ? ((await compareFiles(commits, own, before, file))?.breaking ?? []) : [];
    const message = `${path} declares the contract "${name}", and only ${provider} may change it: leave it as it was`;
    return { message, breaking };
  }
  if (!file)
    return { message: `The contract "${name}" is not delivered: ${path} is not there`, breaking: [] };
  const found = await compareFiles(commits, own, before ?? file, file);
  if (!found) return null;
  const others = [...new Set([provider, ...users])].filter((key) => role !== 'provider' || key !== provider);
  const message = `The contract "${name}" in ${path}, on which ${others.join(', ')} rely, ${found.message}`;
  return { message, breaking: found.breaking };
}

/** Null if the new file breaks nothing. A newly added file only has to be readable. */
async function compareFiles(
  { before, after }: Commits,
  { contract: { kind, path } }: OwnContract,
  fileBefore: TreeFile,
  fileAfter: TreeFile,
): Promise<Found | null> {
  if (!isComparedKind(kind)) return null;
  const isNew = fileBefore === fileAfter;
  const is = await readContract(after, fileAfter, kind);
  const was = isNew ? is : await readContract(before, fileBefore, kind);
  const isSame = fileBefore.objectId === fileAfter.objectId && !isNew;
  if (isSame && ('unreadable' in is || isDeepStrictEqual(is, was))) return null;
  if ('unreadable' in is) return { message: `cannot be read: ${is.unreadable}`, breaking: [] };
  // Nobody can rely on an unreadable file.
  const pair = { before: 'unreadable' in was ? is.file : was.file, after: is.file };
  const compared = await compareInWorker(kind, pair, after.signal);
  if (compared.is === 'unreadable')
    return compared.side === 'before' && !isNew
      ? null
      : { message: `cannot be compared (${path}): ${compared.because}`, breaking: [] };
  const { breaking } = compared;
  if (breaking.length === 0) return kind === 'typescript' ? null : unfollowed(pair);
  return { message: `changed in a way that breaks them: ${summaryOf(breaking)}`, breaking };
}

/** Only TypeScript imports are followed, so changes in other named files may break somebody. */
function unfollowed({ before, after }: Pair): Found | null {
  const [was, is] = [before.others ?? {}, after.others ?? {}];
  const [changed] = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (path) => was[path] !== is[path],
  );
  if (changed === undefined) return null;
  const message = `cannot be compared: it refers to ${changed}, which changed and is not followed`;
  return { message, breaking: [] };
}

const namedMax = 3;

function summaryOf(breaking: readonly BreakingChange[]): string {
  const named = breaking.slice(0, namedMax).map(({ message }) => message.replace(/\.$/, ''));
  const more = breaking.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

const outputCharsMax = 8_000;

async function refineEnd(
  work: Work,
  { specId }: OrderContracts,
  breaches: readonly Breach[],
  treeSha: string,
): Promise<StepEnd<'verifying'>> {
  const [first] = breaches;
  if (!first) throw new TypeError('Nothing is broken');
  const summary = breaches.map(({ message }) => `${message}.`).join(' ');
  const output = breaches
    .flatMap(({ breaking }) => breaking.map(breakLine))
    .join('\n')
    .slice(0, outputCharsMax);
  const generated = await findResult(work, 'generating');
  const tried = generated?.proposal?.plan ?? null;
  const result: VerifyingResult = {
    checks: [],
    isVerified: false,
    notVerifiedBecause: 'a contract is broken',
    treeSha,
    feedback: { summary, output, failureClass: 'contract_violation', tried },
  };
  return { end: 'refine', result, failure: contractBroken(work, specId, first, summary) };
}

const breakLine = ({ member, before, after, message }: BreakingChange) =>
  `${message}\n  ${member} before: ${before ?? 'nothing'}\n  ${member} after: ${after ?? 'nothing'}`;

const metadataBreaksMax = 20;

function contractBroken(
  { order }: Work,
  specId: string,
  { own, objectId, breaking }: Breach,
  message: string,
) {
  const { name, kind, path, provider, users } = own.contract;
  return pipelineFailures.CONTRACT_BROKEN(
    {
      operation: 'verify',
      workOrderId: order.id,
      metadata: {
        contract: name,
        kind,
        path,
        provider,
        users,
        role: own.role,
        specId,
        objectId,
        breaking: breaking.slice(0, metadataBreaksMax),
      },
    },
    { message },
  );
}
