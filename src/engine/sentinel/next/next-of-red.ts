// Decides about failed checks, and about those that did not run for a reason outside the change (R-SEN-3). Pure.
import { failuresOf } from '../../../domain/forge/counting-checks.ts';
import type { Check, ObstacleKind } from '../../../domain/forge/forge.ts';
import {
  type FollowSettings,
  type Known,
  type Next,
  namesOf,
  type Seen,
  sentence,
  wait,
} from './next-of-facts.ts';

/** A rerun that has not begun after this time counts as refused. */
const rerunMsMax = 2 * 60_000;
/** How often checks of one commit run again, even if their names change. */
const rerunsPerCommitMax = 3;
/** What did not run is tried again by itself after this time, doubled each time, so often at most. */
const probeMs = 30 * 60_000;
const probesMax = 6;

export interface At {
  isForeign: boolean;
  nowMs: number;
}

export function onRed(seen: Seen, known: Known, settings: FollowSettings, at: At): Next {
  const failed = failuresOf(seen.checks);
  if (failed.length === 0)
    return onBlocked(
      seen.checks.filter(({ obstacle }) => obstacle),
      known,
      settings,
      at,
    );
  if (at.isForeign)
    return wait(
      `CI is red (${namesOf(failed)}) on a commit that Moose did not push; Moose leaves it to the author.`,
    );
  const charged = failed.filter(({ name }) => !seen.redOnBase.has(name));
  if (charged.length === 0)
    return { act: 'complete', because: `${namesOf(failed)} fails on the base branch too`, isGreen: false };
  const pending = charged.filter((check) => isRerunPending(check, known, at.nowMs));
  if (pending.length > 0) return wait(`${namesOf(pending)}: waiting for the rerun.`);
  if (charged.every((check) => mayRerun(check, seen, known, settings)))
    return { act: 'rerun', checks: charged, because: rerunReason(settings) };
  const because = `CI is red: ${namesOf(charged)} failed`;
  if (known.goingNowhere !== null)
    return { act: 'escalate', code: 'CI_GOES_NOWHERE', because: known.goingNowhere, failed: charged };
  if (known.cyclesLeft <= 0) return { act: 'escalate', code: 'CI_STAYS_RED', because, failed: charged };
  return { act: 'refine', failed: charged };
}

function isRerunPending(check: Check, { reruns }: Known, nowMs: number): boolean {
  const asked = reruns.findLast(({ name }) => name === check.name);
  if (asked === undefined || asked.isRefused || check.attempt > asked.attempt) return false;
  return nowMs - asked.atMs < rerunMsMax;
}

function mayRerun(check: Check, seen: Seen, { reruns }: Known, { rerun }: FollowSettings): boolean {
  if (rerun === 'never' || check.attempt > 1) return false;
  if (reruns.some(({ name }) => name === check.name)) return false;
  // Reruns that were requested together count as one, because some CI systems rename a check each time.
  if (new Set(reruns.map(({ atMs }) => atMs)).size >= rerunsPerCommitMax) return false;
  return rerun === 'always' || seen.flaky.has(check.name);
}

function rerunReason({ rerun }: FollowSettings): string {
  return rerun === 'always' ? 'failed checks run once more' : 'the machine failed, not the change';
}

const reasons: Readonly<Record<ObstacleKind, string>> = {
  approval: 'it waits for an approval on the forge',
  billing: 'the account on the forge cannot pay for it',
  'no runner': 'no runner ran it',
  'runner lost': 'its runner was lost',
};

/** The agent can change nothing about these, so they use up no cycle: they run again, and a person is asked. */
export function onBlocked(blocked: readonly Check[], known: Known, settings: FollowSettings, at: At): Next {
  const [first] = blocked;
  if (!first?.obstacle) return wait('CI has not finished.');
  const { kind, said } = first.obstacle;
  const because = `${namesOf(blocked)} did not run: ${reasons[kind]} (${said.replace(/\.$/, '')})`;
  const words = sentence(because);
  if (at.isForeign) return wait(words);
  const pending = blocked.filter((check) => isRerunPending(check, known, at.nowMs));
  if (pending.length > 0) return { ...wait(`${namesOf(pending)}: waiting for the rerun.`), ask: 'as before' };
  const again = blocked.filter((check) => mayProbe(check, known, settings, at.nowMs));
  if (again.length > 0) return { act: 'rerun', checks: again, because: reasons[kind] };
  return { ...wait(words), ask: { code: 'CI_BLOCKED', because, shared: kind } };
}

/** Nobody tells Moose that the account is in order, or that there are runners again. */
function mayProbe(
  { name, state, obstacle }: Check,
  known: Known,
  settings: FollowSettings,
  nowMs: number,
): boolean {
  if (settings.rerun === 'never' || obstacle?.kind === 'approval' || state === 'queued') return false;
  const asked = known.reruns.filter((rerun) => rerun.name === name);
  if (asked.length >= probesMax) return false;
  if (asked.length === 0 && obstacle?.kind === 'runner lost') return true;
  const lastMs = asked.at(-1)?.atMs ?? known.pushedAtMs;
  return nowMs - lastMs >= probeMs * 2 ** asked.length;
}
