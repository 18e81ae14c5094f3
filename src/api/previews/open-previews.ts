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
  /** Without an answer for this long, every preview that is asked about is over. */
  lookMsMax: number;
  previewsMax: number;
  /** Requests and WebSockets of one preview at the same time. */
  exchangesMax: number;
  /** Of all previews: links and refusals have connections left. */
  exchangesOfAllMax: number;
}

export const previewLimits: PreviewLimits = {
  lookEveryMs: 1_000,
  lookMsMax: 10_000,
  previewsMax: 64,
  exchangesMax: 128,
  exchangesOfAllMax: 512,
};

/** A preview without a request for this long gives its connection to the network back. */
const idleMsMax = 60_000;

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
  readonly #asked = new Map<string, Promise<Look>>();
  #looking: Promise<void> | null = null;
  #isClosed = false;

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
   * `onMiss` is called before the database is asked about a preview that is not open in this process. @throws
   * `PREVIEW_OVER`, `PREVIEWS_FULL`, and what `onMiss` throws
   */
  async find(proof: PreviewProof, onMiss: () => void): Promise<Look> {
    const key = `${proof.label} ${proof.cookie}`;
    const known = this.#open.get(key);
    if (known?.isFresh(this.#limits.lookEveryMs)) return known.used();
    // A page asks for many things at once: all wait for one answer.
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked;
    if (known === undefined) onMiss();
    const asking = this.#ask(key, proof).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    return asking;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const [key, look] of this.#open) this.#end(key, look);
  }

  async #ask(key: string, proof: PreviewProof): Promise<Look> {
    const found = (await this.#lookUp([proof])).get(proof.label);
    const open = this.#open.get(key);
    if (found === undefined || this.#isClosed) {
      if (open !== undefined) this.#end(key, open);
      throw commandFailures.PREVIEW_OVER('preview service');
    }
    if (open !== undefined) return open.used(performance.now());
    if (this.#open.size >= this.#limits.previewsMax) throw apiFailures.PREVIEWS_FULL('preview service');
    const look = new OpenLook(
      proof,
      found.port,
      () => this.#isFull(look),
      () => doorOfDaemon(this.#database, this.#here, found.sessionId),
    );
    this.#open.set(key, look);
    return look;
  }

  #isFull(look: OpenLook): boolean {
    const { exchangesMax, exchangesOfAllMax } = this.#limits;
    const all = [...this.#open.values()].reduce((sum, each) => sum + each.exchanges(), 0);
    return look.exchanges() >= exchangesMax || all >= exchangesOfAllMax;
  }

  /** One question for all of them, so that none waits for the others while the database is silent. */
  async #lookUp(proofs: readonly PreviewProof[]) {
    const signal = AbortSignal.timeout(this.#limits.lookMsMax);
    return this.#database.run((query) => findPreviews(query, proofs, this.#mayLook), signal);
  }

  async #lookAgain(): Promise<void> {
    const looks = [...this.#open];
    for (const [key, look] of looks) if (look.isIdle(idleMsMax)) this.#end(key, look);
    const busy = looks.filter(([, look]) => !look.isQuiet());
    if (busy.length === 0) return;
    // Without an answer nobody knows whether these people may still look.
    const found = await this.#lookUp(busy.map(([, look]) => look.proof)).catch(() => null);
    for (const [key, look] of busy) {
      if (found?.has(look.proof.label)) look.confirmed();
      else this.#end(key, look);
    }
  }

  #end(key: string, look: OpenLook): void {
    if (this.#open.get(key) === look) this.#open.delete(key);
    look.end();
  }
}

class OpenLook implements Look {
  readonly proof: PreviewProof;
  readonly port: number;
  readonly #isFull: () => boolean;
  readonly #openDoor: () => Promise<NetworkDoor>;
  readonly #exchanges = new Set<() => void>();
  #door: Promise<NetworkDoor> | null = null;
  #confirmedAt = performance.now();
  #usedAt = performance.now();
  #isOver = false;

  constructor(
    proof: PreviewProof,
    port: number,
    isFull: () => boolean,
    openDoor: () => Promise<NetworkDoor>,
  ) {
    this.proof = proof;
    this.port = port;
    this.#isFull = isFull;
    this.#openDoor = openDoor;
  }

  isFresh(ms: number): boolean {
    return performance.now() - this.#confirmedAt < ms;
  }

  exchanges(): number {
    return this.#exchanges.size;
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
    if (this.#isFull()) throw apiFailures.PREVIEWS_FULL('preview service');
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
