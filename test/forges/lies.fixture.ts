// Lies (answers of GitHub that are wrong for a while) and failures: one at a time, and in seeded mixtures.
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import type { GitHub } from '../github-double/github.ts';
import {
  type PlannedFault,
  primaryLimit,
  secondaryLimit,
  serverError,
} from '../github-double/planned-fault.ts';
import { isLong } from '../long.ts';

export interface Lie {
  name: string;
  /** The host asks for a pause, which all callers must obey, and which people must see. */
  isLimit?: boolean;
  tell(github: GitHub, random: () => number): void;
}

const minuteMs = 60_000;
/** Each write of the life of a pull request: opening it, answering a comment, merging it. */
const writes = [/^POST \/repos\/[^/]+\/[^/]+\/pulls$/, /^POST .*\/comments$/, /^PUT .*\/merge$/];
const anyRead = /^GET \/repos\//;
const readsMax = 40;

/** Planned once for each write, and for some reads. */
function atCalls(what: PlannedFault['what'], when: PlannedFault['when']): Lie['tell'] {
  return (github, random) => {
    for (const match of writes) github.planned.push({ match, when, what });
    for (let count = 0; count < 3; count += 1)
      github.planned.push({ match: anyRead, when, what, after: Math.floor(random() * readsMax) });
  };
}

const limit = (name: string, what: () => PlannedFault['what']): Lie => ({
  name,
  isLimit: true,
  tell: (github, random) => atCalls(what(), 'before')(github, random),
});

export const lies: readonly Lie[] = [
  {
    name: 'whether it can be merged is not known for a while',
    tell: ({ world }) => {
      world.lies.mergeableReads = 3;
    },
  },
  {
    name: 'the head before the last push is shown for a while',
    tell: ({ world }) => {
      world.lies.headReads = 3;
    },
  },
  {
    name: 'a branch that was just pushed is unknown, and so is a new pull request where labels are kept',
    tell: ({ world }) => {
      Object.assign(world.lies, { unknownHeads: 1, unresolvedNodes: 1 });
    },
  },
  {
    name: 'checks appear late',
    tell: ({ world }) => {
      world.lies.hiddenChecks = 6;
    },
  },
  {
    name: 'webhooks come late and out of order',
    tell: ({ world }) => {
      world.webhooks.mode = 'held';
    },
  },
  {
    name: 'webhooks come twice',
    tell: ({ world }) => {
      world.webhooks.mode = 'twice';
    },
  },
  {
    name: 'webhooks are lost',
    tell: ({ world }) => {
      world.webhooks.mode = 'lost';
    },
  },
  limit('403: the limit of the hour is used up', () =>
    primaryLimit(new Date(Date.now() + 10 * minuteMs), 403),
  ),
  limit('429: the limit of the hour is used up', () =>
    primaryLimit(new Date(Date.now() + 10 * minuteMs), 429),
  ),
  limit('403 for too many calls, with a time to wait', () => secondaryLimit(403, 90)),
  limit('403 for too many calls, without a time', () => secondaryLimit(403)),
  limit('429 for too many calls, with a time to wait', () => secondaryLimit(429, 90)),
  limit('429 for too many calls, without a time', () => secondaryLimit(429)),
  { name: '502 before the act', tell: atCalls(serverError(502), 'before') },
  { name: '502 after the act', tell: atCalls(serverError(502), 'after') },
  { name: 'the connection is lost before the act', tell: atCalls('drop', 'before') },
  { name: 'the connection is lost after the act', tell: atCalls('drop', 'after') },
  { name: 'the connection is lost in the middle of an answer', tell: atCalls('cut', 'after') },
  { name: 'half of an answer comes as the whole of it', tell: atCalls('garbled', 'after') },
];

/** Much like other lies, so `npm test` uses them only in mixtures. */
const likeOthers = new Set([
  ...['429: the limit of the hour is used up', '403 for too many calls, with a time to wait'],
  ...['429 for too many calls, without a time', '502 before the act'],
  ...['the connection is lost before the act', 'webhooks come twice'],
]);

export const liesAlone = lies.filter(({ name }) => isLong || !likeOthers.has(name));

/** Mixtures of two to five simultaneous lies. */
export function mixtureOf(seed: number): { lies: Lie[]; random: () => number } {
  const random = seededRandom(seed);
  const left = [...lies];
  const count = 2 + Math.floor(random() * 4);
  const mixed = Array.from({ length: count }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
  return { lies: mixed, random };
}
