// A title or a description that a person gives a pull request stays. What Moose wrote last is known by its hash.
import { createHash } from 'node:crypto';
import type { Effect } from '../../store/work/effects.ts';
import type { Opened, PullRequest } from '../ports/forge.ts';

type Texts = Pick<PullRequest, 'title' | 'body'>;

/** The member of the effect's detail; absent in effects of older versions. */
interface WrittenTexts {
  written?: { title?: unknown; body?: unknown };
}

/** What a person has changed since Moose wrote it. */
export function keptTexts(told: PullRequest | null, opened: Effect | undefined): Partial<Texts> {
  const { written } = (opened?.detail ?? {}) as WrittenTexts;
  if (told?.state !== 'open' || written === undefined) return {};
  return {
    ...(written.title === hashOf(told.title) ? {} : { title: told.title }),
    ...(written.body === hashOf(told.body) ? {} : { body: told.body }),
  };
}

/** What the detail of the effect says afterwards: a text that a person changed is not Moose's. */
export function writtenTexts(
  { title, body }: Opened,
  kept: Partial<Texts>,
  opened: Effect | undefined,
): WrittenTexts {
  const before = ((opened?.detail ?? {}) as WrittenTexts).written ?? {};
  return {
    written: {
      title: kept.title === undefined ? hashOf(title) : before.title,
      body: kept.body === undefined ? hashOf(body) : before.body,
    },
  };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
