// Judges a change of any repository with the project's own checks, without a work order, a server, a database or a model
// (R-PART-1). The verdict and the runs behind it are those of the step `verifying`.
import { classifyCheck } from '../../../classifier/classify.ts';
import { seenIn } from '../../../classifier/lack.ts';
import type { ProjectConfig } from '../../../config-file/config-schema.ts';
import { daemonsOf } from '../../../config-file/daemon-order.ts';
import type { Asked } from '../../../domain/work-order/asked.ts';
import { type Check, type CheckResult, isVerification, wasKilled } from '../../../domain/work-order/check.ts';
import type { Finding } from '../../../domain/work-order/finding.ts';
import type { Lack } from '../../../domain/work-order/seen-failure.ts';
import type { VerifyLevel } from '../../../domain/work-order/verify-level.ts';
import { checksOfStranger } from '../../../finder/find-checks.ts';
import type { RunName } from '../../../verification/verdict/check-runs.ts';
import { configAt } from '../../policy/config-at.ts';
import { projectFilesAt } from '../../policy/project-files-at.ts';
import { projectValues } from '../../policy/project-values.ts';
import { findCopiedFiles } from '../../run/copied-files.ts';
import { emptiedIn, extraRunLimitMs } from '../checks/extra-runs.ts';
import { blameFor, isOfTheMachine, type OnBase } from '../checks/red-before.ts';
import { noTestRan, notVerifiedBecause, ranNone } from '../checks/verification.ts';
import type { CheckInFiles } from '../judge/judge-task.ts';
import { judgeWithRuns, runOf } from '../judge/judge-with-runs.ts';
import { withProofPlace } from '../proof/proof-place.ts';
import type { ProofDeps, ProofRequest } from '../proof/proof-request.ts';
import {
  makeTree,
  type RanInScratch,
  runChecks,
  runInTree,
  type Scratch,
  type Tree,
} from './scratch-runs.ts';

/** `not_judged`: nothing speaks against the change, and nothing shows that it is right. */
export const verdicts = ['verified', 'not_verified', 'not_judged'] as const;
export type Verdict = (typeof verdicts)[number];

export interface VerifyRequest extends Pick<ProofRequest<Check>, 'onOutput' | 'onDaemon'> {
  repositoryPath: string;
  baseSha: string;
  headSha: string;
  /** Instead of those that the file of the base names, or that are found there; its setup stays unless the list has one. */
  checks: readonly Check[];
  /** Instead of that of the base. */
  level: VerifyLevel | null;
  task: string;
  asked: Asked;
  onRun?(command: string, run: 'change' | RunName): void;
}

/** A run of a check. */
export interface Ran {
  command: string;
  run: 'change' | RunName;
  /** Null if nothing is known, because what prepares the check failed. */
  passed: boolean | null;
  durationMs: number;
}

export interface VerifiedChange {
  verdict: Verdict;
  /** A sentence without its point; null if the change is verified. */
  because: string | null;
  level: VerifyLevel;
  /** On the change, in the order in which they ran. */
  checks: CheckResult[];
  runs: Ran[];
  /** The most severe first. */
  findings: Finding[];
}

/** @throws ConfigurationError `PROJECT_CONFIG_INVALID`, `ISOLATION_UNAVAILABLE`; PermanentError `JUDGE_FAILED` */
export async function verifyChange(deps: ProofDeps, asked: VerifyRequest): Promise<VerifiedChange> {
  const { repositoryPath, baseSha } = asked;
  const file = await configAt(repositoryPath, baseSha, deps.signal);
  const { commands, services, level } = await planOf(deps, asked, file);
  const turn: Turn = {
    deps,
    asked,
    level,
    checks: [],
    runs: [],
    judged: [],
    bases: new Map(),
    isOnChange: true,
  };
  if (!commands.some(isVerification)) return ended(turn, 'not_judged', 'no checks were found on its base');
  const project = { repositoryPath, remoteUrl: null, settings: {} };
  const copied = await findCopiedFiles({ project, commit: baseSha, signal: deps.signal });
  return withProofPlace(deps.settings, async (place) => {
    const request: ProofRequest<Check> = {
      repositoryPath,
      sha: baseSha,
      commands,
      environment: file?.environment ?? {},
      egress: file?.egress,
      container: file?.container,
      services,
      copied,
      onStart: ({ command }) => {
        if (turn.isOnChange) asked.onRun?.(command, 'change');
      },
      ...(asked.onOutput ? { onOutput: asked.onOutput } : {}),
      ...(asked.onDaemon ? { onDaemon: asked.onDaemon } : {}),
    };
    return judgeIn(turn, { deps, place, request, prepared: new Map() });
  });
}

interface Turn {
  deps: ProofDeps;
  asked: VerifyRequest;
  level: VerifyLevel;
  checks: CheckResult[];
  runs: Ran[];
  /** The checks that have passed, or fail on the base too. */
  judged: Array<{ index: number; ran: RanInScratch }>;
  /** Of each check that ran there, by its place. */
  bases: Map<number, RanInScratch | null>;
  /** False while a check runs elsewhere. */
  isOnChange: boolean;
}

async function planOf({ signal, settings }: ProofDeps, asked: VerifyRequest, file: ProjectConfig | null) {
  const { repositoryPath, baseSha, checks: given, level } = asked;
  const values = projectValues({
    order: given.length > 0 ? { checks: [...given] } : {},
    project: {},
    file,
    found: given.length > 0 ? [] : checksOfStranger(await projectFilesAt(repositoryPath, baseSha, signal)),
    defaults: { agent: settings.defaultAgent, reviewer: settings.reviewer },
  });
  return {
    commands: [...values.setup.value, ...values.checks.value],
    services: daemonsOf({ services: values.services.value }),
    level: level ?? values.verify.value,
  };
}

async function judgeIn(turn: Turn, scratch: Scratch): Promise<VerifiedChange> {
  const early = await runOnChange(turn, scratch);
  turn.isOnChange = false;
  if (early) return ended(turn, early.verdict, early.because);
  const findings = await findingsOf(turn, scratch);
  const refused = findings.find(({ weight }) => weight === 'refuses');
  if (refused) return { ...ended(turn, 'not_verified', refused.text.replace(/\.$/, '')), findings };
  const because = notVerifiedBecause(turn.checks);
  return { ...ended(turn, because === null ? 'verified' : 'not_judged', because), findings };
}

const ended = ({ level, checks, runs }: Turn, verdict: Verdict, because: string | null): VerifiedChange => ({
  verdict,
  because,
  level,
  checks,
  runs,
  findings: [],
});

interface Early {
  verdict: 'not_verified' | 'not_judged';
  because: string;
}

/** Stops at the first check that the change broke. */
async function runOnChange(turn: Turn, scratch: Scratch): Promise<Early | null> {
  const { asked, checks, judged } = turn;
  const { headSha } = asked;
  const { commands } = scratch.request;
  const setup = await makeTree(scratch, { sha: headSha });
  if (setup) {
    checks.push(setup);
    const onBase = await makeTree(scratch, { sha: asked.baseSha });
    const failed = `\`${setup.command}\` ${howItEnded(setup)}`;
    return onBase === null
      ? { verdict: 'not_verified', because: `${failed}, and not without the change` }
      : { verdict: 'not_judged', because: `${failed}, also without the change` };
  }
  const verifying = commands.filter(isVerification);
  let red: { index: number; ran: RanInScratch } | null = null;
  let next = 0;
  while (next < verifying.length) {
    // After a check of the base, the checkout is another one.
    if (red) await makeTree(scratch, { sha: headSha });
    red = null;
    await runChecks(scratch, beginning(verifying, next), undefined, (ran) => {
      const index = commands.indexOf(ran.check);
      if (verifying.indexOf(ran.check) < next) return false;
      next += 1;
      record(turn, 'change', ran);
      checks.push(ran.result);
      if (ran.result.passed && ranNone(ran)) ran.result.saysNothing = noTestRan;
      if (ran.result.passed) judged.push({ index, ran });
      else red = { index, ran };
      return red !== null;
    });
    const over = red && (await blame(turn, scratch, red));
    if (over) return over;
  }
  return null;
}

/** What prepares the rest, and the rest. */
const beginning = (checks: readonly Check[], next: number) => [
  ...checks.slice(0, next).filter(({ kind }) => kind === 'build'),
  ...checks.slice(next),
];

/** Null if the check fails in the same way without the change, which is then judged by it all the same. */
async function blame(
  turn: Turn,
  scratch: Scratch,
  { index, ran }: { index: number; ran: RanInScratch },
): Promise<Early | null> {
  const { result } = ran;
  const { checkout } = scratch.place;
  const failed = `\`${result.command}\` ${howItEnded(result)}`;
  if (wasKilled(result)) return { verdict: 'not_judged', because: `${failed}, as when memory is short` };
  turn.isOnChange = false;
  turn.asked.onRun?.(result.command, 'base');
  const base = await runInTree(scratch, { sha: turn.asked.baseSha }, index);
  turn.isOnChange = true;
  turn.bases.set(index, base);
  record(turn, 'base', base ?? ran, base !== null);
  const seen = seenIn(result, checkout, classifyCheck(result));
  const onBase: OnBase =
    base === null ? undefined : base.result.passed ? null : seenIn(base.result, checkout);
  if (seen.lack && isOfTheMachine(seen.lack, onBase, false))
    return { verdict: 'not_judged', because: `${failed}: ${lackText(seen.lack)}` };
  const { is, ...names } = blameFor(seen, onBase, false);
  if (is === 'red before') {
    result.redBefore = 'failures' in names ? names.failures : [];
    turn.judged.push({ index, ran });
    return null;
  }
  const fresh = 'fresh' in names ? names.fresh : [];
  return { verdict: 'not_verified', because: `${failed}${listed(fresh)}` };
}

const namesShownMax = 20;
const listed = (names: readonly string[]) =>
  names.length === 0 ? '' : `: ${names.slice(0, namesShownMax).join('; ')}`;

const lackText = ({ kind, name }: Lack) =>
  `this machine lacks ${name === '' ? `what it needs (${kind})` : `${name} (${kind})`}`;

function howItEnded({ stoppedBecause, signal, exitCode }: CheckResult): string {
  if (stoppedBecause !== null) return `was stopped (${stoppedBecause.replaceAll('_', ' ')})`;
  return signal === null ? `ended with exit code ${exitCode}` : `was killed by ${signal}`;
}

function record({ runs }: Turn, run: Ran['run'], { result }: RanInScratch, isKnown = true): void {
  const { command, passed, durationMs } = result;
  runs.push({ command, run, passed: isKnown ? passed : null, durationMs: isKnown ? durationMs : 0 });
}

async function findingsOf(turn: Turn, scratch: Scratch): Promise<Finding[]> {
  const { deps, asked, level, judged, bases } = turn;
  const { repositoryPath, baseSha, headSha, task } = asked;
  const checks = judged.map(({ index, ran }): CheckInFiles => {
    const base = bases.get(index);
    return {
      kind: ran.check.kind,
      command: ran.check.command,
      emptied: emptiedIn(ran.result.durationMs),
      change: runOf(ran),
      more: base === undefined ? {} : { base: base && runOf(base) },
    };
  });
  const commands = scratch.request.commands.map(({ command }) => command);
  const facts = { repositoryPath, baseSha, headSha, commands, task, asked: asked.asked, level, checks };
  const took = judged.map(({ index, ran }) => ({ ...ran.result, index }));
  const run = async (place: number, { name, ...tree }: Tree & { name: RunName }) => {
    const { index = 0, ran: known } = judged[place] ?? {};
    asked.onRun?.(known?.check.command ?? '', name);
    const isEmptied = name.startsWith('emptied-');
    const limitMs = extraRunLimitMs(deps.settings, took, { index, isEmptied });
    const ran = await runInTree(scratch, tree, index, limitMs);
    if (known) record(turn, name, ran ?? known, ran !== null);
    return ran && runOf(ran);
  };
  return (await judgeWithRuns('verify', facts, run, deps.signal)).findings;
}
