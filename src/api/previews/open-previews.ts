// The previews that are being looked at in this process. Each is asked about in the database again, once a second: when its
// service ends, it expires, or the person signs out, its connections are closed.
import type { Socket } from 'node:net';
import { commandFailures } from '../../engine/commands/failure-catalogue.ts';
import { doorOfDaemon } from '../../engine/commands/previews/door-of-daemon.ts';
import type { Here } from '../../engine/run/session-here.ts';
import type { NetworkDoor } from '../../sessions/network/network-door.ts';
import { findPreviews, type MayLook, type PreviewProof } from '../../store/access/previews.ts';
import type { Database } from '../../store/database.ts';
import { apiFailures } from '../failure-catalogue.ts';

export interface PreviewLimits {
  /** How long an answer of the database holds. */
  lookEveryMs: number;
  previewsMax: number;
  /** Requests and WebSockets of one preview at the same time. */
  exchangesMax: number;
}

export const previewLimits: PreviewLimits = { lookEveryMs: 1_000, previewsMax: 64, exchangesMax: 128 };

/** A preview without a request for this long gives its connection to the network back. */
const idleMsMax = 60_000;
const lookMsMax = 10_000;

export interface Look {
  port: number;
  /** Opens a connection to the service. @throws `SERVICE_NOT_REACHED`, `PREVIEW_OVER` */
  connect(signal: AbortSignal): Promise<Socket>;
  /** Calls `end` when the preview ends; returns what to call when the exchange is over. @throws `PREVIEWS_FULL` */
  begin(end: () => void): () => void;
}

interface Deps {
  database: Database;
  here: Here;
  mayLook: MayLook;
  limits: PreviewLimits;
}

export class OpenPreviews {
  readonly #database: Database;
  readonly #here: Here;
  readonly #mayLook: MayLook;
  readonly #limits: PreviewLimits;
  readonly #open = new Map<string, OpenLook>();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;

  constructor({ database, here, mayLook, limits }: Deps) {
    this.#database = database;
    this.#here = here;
    this.#mayLook = mayLook;
    this.#limits = limits;
    this.#timer = setInterval(() => {
      // A slow database is not asked again before it has answered.
      this.#looking ??= this.#lookAgain().finally(() => {
        this.#looking = null;
      });
    }, limits.lookEveryMs).unref();
  }

  /**
   * `onMiss` is called before the database is asked. @throws `PREVIEW_OVER`, `PREVIEWS_FULL`, and what `onMiss` throws
   */
  async find(proof: PreviewProof, signal: AbortSignal, onMiss: () => void): Promise<Look> {
    const key = `${proof.label} ${proof.cookie}`;
    const known = this.#open.get(key);
    if (known?.isFresh(this.#limits.lookEveryMs)) return known.used();
    onMiss();
    const found = await this.#lookUp(proof, signal);
    const open = this.#open.get(key);
    if (found === undefined) {
      if (open !== undefined) this.#end(key, open);
      throw commandFailures.PREVIEW_OVER('preview service');
    }
    if (open !== undefined) return open.used(performance.now());
    if (this.#open.size >= this.#limits.previewsMax) throw apiFailures.PREVIEWS_FULL('preview service');
    const look = new OpenLook(proof, found.port, this.#limits.exchangesMax, () =>
      doorOfDaemon(this.#database, this.#here, found.sessionId),
    );
    this.#open.set(key, look);
    return look;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const [key, look] of this.#open) this.#end(key, look);
  }

  async #lookUp(proof: PreviewProof, signal: AbortSignal) {
    const found = await this.#database.run((query) => findPreviews(query, [proof], this.#mayLook), signal);
    return found.get(proof.label);
  }

  async #lookAgain(): Promise<void> {
    for (const [key, look] of this.#open) {
      if (look.isIdle(idleMsMax)) this.#end(key, look);
      if (look.isQuiet() || look.isFresh(this.#limits.lookEveryMs / 2)) continue;
      // Without an answer nobody knows whether the person may still look.
      const isOver = await this.#lookUp(look.proof, AbortSignal.timeout(lookMsMax)).then(
        (found) => found === undefined,
        () => true,
      );
      if (isOver) this.#end(key, look);
      else look.confirmed();
    }
  }

  #end(key: string, look: OpenLook): void {
    this.#open.delete(key);
    look.end();
  }
}

class OpenLook implements Look {
  readonly proof: PreviewProof;
  readonly port: number;
  readonly #exchangesMax: number;
  readonly #openDoor: () => Promise<NetworkDoor>;
  readonly #exchanges = new Set<() => void>();
  #door: Promise<NetworkDoor> | null = null;
  #confirmedAt = performance.now();
  #usedAt = performance.now();
  #isOver = false;

  constructor(proof: PreviewProof, port: number, exchangesMax: number, openDoor: () => Promise<NetworkDoor>) {
    this.proof = proof;
    this.port = port;
    this.#exchangesMax = exchangesMax;
    this.#openDoor = openDoor;
  }

  isFresh(ms: number): boolean {
    return performance.now() - this.#confirmedAt < ms;
  }

  isQuiet(): boolean {
    return this.#exchanges.size === 0;
  }

  isIdle(ms: number): boolean {
    return this.isQuiet() && performance.now() - this.#usedAt > ms;
  }

  confirmed(): void {
    this.#confirmedAt = performance.now();
  }

  used(confirmedAt = this.#confirmedAt): this {
    this.#confirmedAt = confirmedAt;
    this.#usedAt = performance.now();
    return this;
  }

  begin(end: () => void): () => void {
    if (this.#isOver) throw commandFailures.PREVIEW_OVER('preview service');
    if (this.#exchanges.size >= this.#exchangesMax) throw apiFailures.PREVIEWS_FULL('preview service');
    this.#exchanges.add(end);
    return () => {
      this.#exchanges.delete(end);
      this.#usedAt = performance.now();
    };
  }

  async connect(signal: AbortSignal): Promise<Socket> {
    const asked = this.#door ?? this.#openDoor();
    this.#door = asked;
    try {
      const door = await asked;
      if (this.#isOver) throw commandFailures.PREVIEW_OVER('preview service');
      return await door.connect(this.port, signal);
    } catch (cause) {
      // The next request opens another one, if this one leads nowhere any more.
      const isGone = await asked.then(
        (door) => !door.isOpen(),
        () => true,
      );
      if (isGone && this.#door === asked) this.#door = null;
      throw cause;
    }
  }

  end(): void {
    this.#isOver = true;
    for (const end of this.#exchanges) end();
    this.#exchanges.clear();
    this.#door?.then(
      (door) => door.close(),
      () => undefined,
    );
  }
}
