import type { PlannedFault } from './planned-fault.ts';
import type { App, Installation, Repository, Token, User } from './state.ts';

/** One request, as the double received it. */
export interface Seen {
  method: string;
  /** With the query. */
  path: string;
  /** The operation's key, such as `GET /user`; null if it is none, as for git. */
  key: string | null;
  body: unknown;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  login: string | null;
  /** When it came, by the clock of the machine. */
  at: number;
  /** What was answered; 0 if the connection was dropped. */
  status: number;
}

/** What GitHub says for a while although it is no longer, or not yet, true. By the number of the pull request. */
export interface Lies {
  /** How many reads still find `mergeable: null`. */
  unknownMergeable: Map<number, number>;
  /** How many reads still find the head before the last push. */
  lateHeads: Map<number, { sha: string; reads: number }>;
  /** From now on, `mergeable` of each new or changed pull request is null for this many reads. */
  mergeableReads: number;
  /** From now on, a push shows in the pull request only after this many reads. */
  headReads: number;
  /** How many times a branch that was just pushed is unknown to `POST pulls`. */
  unknownHeads: number;
  /** How many times the labels of a new pull request cannot be set. */
  unresolvedNodes: number;
  /** How many reads find no check and no status, although there are some. */
  hiddenChecks: number;
  /**
   * Lets a second pull request of the same branch be opened, which GitHub never does, to prove that a test would
   * notice.
   */
  opensTwice: boolean;
}

/** The state of one double, and what its parts need from each other. */
export interface World {
  /** `http://127.0.0.1:PORT`: pages and git. */
  url: string;
  /** `URL/api/v3`. */
  api: string;
  /** Another host, from which logs are downloaded. */
  logs: string;
  /** The folder of the bare repositories. */
  root: string;
  users: Map<string, User>;
  tokens: Map<string, Token>;
  apps: App[];
  installations: Installation[];
  /** By `owner/name` in lower case. */
  repositories: Map<string, Repository>;
  lies: Lies;
  requests: Seen[];
  faults: string[];
  planned: PlannedFault[];
  /** Logs that can be downloaded for a while. */
  links: Map<string, { text: string; expiresAt: Date }>;
  /** What becomes of webhooks. `held` ones wait for `deliverHeld`. */
  webhooks: { mode: 'at once' | 'held' | 'lost' | 'twice'; held: (() => void)[] };
  /** True while a webhook is written, which is no read: it has the new head, and nothing is computed yet. */
  isTelling: boolean;
  /** Webhooks that are on their way. */
  deliveries: Promise<void>[];
  now(): Date;
  nextId(): number;
  /** Sends a webhook to those who listen. The payload is only made if somebody does. */
  tell(repository: Repository, event: string, action: string | null, by: User, payload: () => object): void;
}

export function newLies(): Lies {
  return {
    unknownMergeable: new Map(),
    lateHeads: new Map(),
    mergeableReads: 0,
    headReads: 0,
    unknownHeads: 0,
    unresolvedNodes: 0,
    hiddenChecks: 0,
    opensTwice: false,
  };
}
