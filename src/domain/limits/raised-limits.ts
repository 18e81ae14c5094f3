// Which parts of a change of limits allow more spending than before. Pure.
import { personOf } from '../people/person.ts';

export type LimitKind = 'system' | 'person' | 'project';
type LimitSpan = 'daily' | 'monthly';

/** The name that stands for each person without a limit of their own. */
export const everyone = '*';

/** The person or project whose limits are changed; null: the whole system. */
export interface LimitOf {
  kind: Exclude<LimitKind, 'system'>;
  name: string;
}

interface GivenLimit {
  /** `day:…`, `month:…`, `person_day:…`. */
  key: string;
  kind: LimitKind;
  name: string | null;
  limitNanoUsd: bigint;
}

export interface WantedLimits {
  of?: LimitOf | undefined;
  /** Null: no limit; undefined: as it is. */
  dailyNanoUsd?: bigint | null | undefined;
  monthlyNanoUsd?: bigint | null | undefined;
}

interface RaisedLimit {
  span: LimitSpan;
  fromNanoUsd: bigint;
  /** Null: no limit. */
  toNanoUsd: bigint | null;
}

/** `daily` for `day:2026-01-31` and `person_day:2026-01-31:ada`; null for a limit of something else. */
export function spanOf(key: string): LimitSpan | null {
  if (/^(person_|project_)?day:/.test(key)) return 'daily';
  return /^(person_|project_)?month:/.test(key) ? 'monthly' : null;
}

/** A project can be given by its ID, which is in the key, and a person as an actor, and in other letters. */
function isOf({ key, kind, name }: GivenLimit, of: LimitOf | undefined): boolean {
  if (of === undefined) return kind === 'system';
  if (kind !== of.kind) return false;
  return kind === 'person'
    ? name?.toLowerCase() === personOf(of.name.trim()).toLowerCase()
    : name === of.name || key.endsWith(`:${of.name}`);
}

/** Without a limit before, every limit is a lower one. */
export function raisedLimits(wanted: WantedLimits, now: readonly GivenLimit[]): RaisedLimit[] {
  const { of } = wanted;
  return (['daily', 'monthly'] as const).flatMap((span) => {
    const to = span === 'daily' ? wanted.dailyNanoUsd : wanted.monthlyNanoUsd;
    if (to === undefined) return [];
    const limitOf = (whose: LimitOf | undefined) =>
      now.find((each) => spanOf(each.key) === span && isOf(each, whose))?.limitNanoUsd;
    // Without a limit of their own, the limit for everyone applies to a person.
    const byDefault =
      of?.kind === 'person' && of.name !== everyone ? limitOf({ ...of, name: everyone }) : undefined;
    const from = limitOf(of) ?? byDefault;
    const next = to ?? byDefault ?? null;
    if (from === undefined || (next !== null && next <= from)) return [];
    return [{ span, fromNanoUsd: from, toNanoUsd: next }];
  });
}
