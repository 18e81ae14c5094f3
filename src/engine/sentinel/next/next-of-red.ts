// Decides about failed checks, and about those that did not run for a reason outside the change (R-SEN-3). Pure.
import { failuresOf } from '../../../domain/forge/counting-checks.ts';
import type { DemandKind } from '../../../domain/forge/demand-words.ts';
import type { Check, ObstacleKind } from '../../../domain/forge/forge.ts';
import {
  type FollowSettings,
  type Known,
  type Next,
  namesOf,
  onOthers,
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
      at.nowMs,
    );
  const ofChange = failed.filter(({ name }) => !seen.redOnBase.has(name));
  const charged = ofChange.filter(({ name }) => !seen.demands.has(name));
  if (ofChange.length > 0 && charged.length === 0) return onDemands(seen, ofChange, known, at);
  if (charged.length === 0)
    return { act: 'complete', because: `${namesOf(failed)} fails on the base branch too`, isGreen: false };
  const pending = charged.filter((check) => isRerunPending(check, known, at.nowMs));
  if (pending.length > 0) return wait(`${namesOf(pending)}: waiting for the rerun.`);
  if (charged.every((check) => mayRerun(check, seen, known, settings)))
    return { act: 'rerun', checks: charged, because: rerunReason(settings) };
  const because = `CI is red: ${namesOf(charged)} failed`;
  if (at.isForeign) return onOthers(known, because, { failed: charged });
  if (known.goingNowhere !== null)
    return { act: 'escalate', code: 'CI_GOES_NOWHERE', because: known.goingNowhere, failed: charged };
  if (known.cyclesLeft <= 0) return { act: 'escalate', code: 'CI_STAYS_RED', because, failed: charged };
  return { act: 'refine', failed: charged };
}

/** What no agent can change costs no cycle: Moose does what it can, and a person is asked for the rest. */
function onDemands(seen: Seen, checks: readonly Check[], known: Known, at: At): Next {
  const demands = checks.flatMap(({ name }) => seen.demands.get(name) ?? []);
  const [first] = demands;
  const said = first?.said ? ` (${first.said.replace(/\.$/, '')})` : '';
  const isOwn = !at.isForeign && known.others.length === 0;
  if (isOwn && !known.signsOff && demands.every(({ kind }) => kind === 'sign-off'))
    return { act: 'sign off', because: `${namesOf(checks)} demands that the commits are signed off${said}` };
  const kind = demands.find((each) => each.kind !== 'sign-off')?.kind ?? first?.kind ?? 'label';
  const because = `${namesOf(checks)} ${demandWords[kind]}${said}`;
  return { ...wait(sentence(because)), ask: { code: 'CI_DEMANDS_WORDS', because, demand: kind } };
}

const demandWords: Readonly<Record<DemandKind, string>> = {
  'sign-off': 'demands that the commits are signed off',
  'commit message': "refuses the commit's message, which Moose writes",
  title: 'refuses the title of the pull request, which Moose writes',
  description: 'refuses the description of the pull request, which Moose writes',
  label: 'demands a label of the pull request, which a person sets',
  agreement: 'demands an agreement, which a person signs',
  link: 'demands that the pull request names an issue or a ticket',
};

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
export function onBlocked(
  blocked: readonly Check[],
  known: Known,
  settings: FollowSettings,
  nowMs: number,
): Next {
  const [first] = blocked;
  if (!first?.obstacle) return wait('CI has not finished.');
  const { kind, said } = first.obstacle;
  const because = `${namesOf(blocked)} did not run: ${reasons[kind]} (${said.replace(/\.$/, '')})`;
  const words = sentence(because);
  const pending = blocked.filter((check) => isRerunPending(check, known, nowMs));
  if (pending.length > 0) return { ...wait(`${namesOf(pending)}: waiting for the rerun.`), ask: 'as before' };
  const again = blocked.filter((check) => mayProbe(check, known, settings, nowMs));
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
