// Rejects a key that nobody issued before its request is read. Only the draw decides what a key may do; a key that was
// valid once is not checked again here.
import { createHash } from 'node:crypto';
import type { EgressEntry } from '../../domain/machine/egress.ts';
import type { CallLedger } from '../../engine/run/budget/call-ledger.ts';
import { refused } from '../calls/call-refused.ts';
import { inTime } from '../calls/in-time.ts';

export interface PresentedKey {
  keyId: string;
  /** SHA-256 in hex. */
  keyHash: string;
}

const keysMax = 4_096;
/** Maximum number of unknown keys that the ledger is asked about at a time. */
const askedMax = 32;

export const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

export class KnownKeys {
  readonly #ledger: Pick<CallLedger, 'verifyKey' | 'hostsOf'>;
  readonly #waitMs: number;
  readonly #known = new Map<string, { keyHash: string; isOwn: boolean }>();
  readonly #hosts = new Map<string, readonly EgressEntry[]>();
  readonly #asked = new Map<string, Promise<void>>();

  constructor(ledger: Pick<CallLedger, 'verifyKey' | 'hostsOf'>, waitMs: number) {
    this.#ledger = ledger;
    this.#waitMs = waitMs;
  }

  /** @throws CallRefused */
  async require(key: PresentedKey): Promise<void> {
    if (this.#known.get(key.keyId)?.keyHash === key.keyHash) return;
    const name = `${key.keyId} ${key.keyHash}`;
    const asked = this.#asked.get(name);
    if (asked !== undefined) return asked;
    // Unknown keys cannot use up the ledger's time for known ones.
    if (this.#asked.size >= askedMax) throw refused.tooMany();
    const asking = this.verify(key).finally(() => this.#asked.delete(name));
    this.#asked.set(name, asking);
    return asking;
  }

  /** Always asks the ledger. @throws CallRefused */
  async verify({ keyId, keyHash }: PresentedKey): Promise<void> {
    const answer = await this.#answered(this.#ledger.verifyKey(keyId, keyHash));
    if (answer === 'invalid') {
      // A wrong secret says nothing about the right one.
      if (this.#known.get(keyId)?.keyHash === keyHash) this.forget(keyId);
      throw refused.unknownKey();
    }
    if (answer === 'stopped') throw refused.braked('its work is out of control, or has been ended');
    if (this.#known.size >= keysMax) this.#known.clear();
    this.#known.set(keyId, { keyHash, isOwn: answer === 'own' });
  }

  /** For a verified key; none for one of Moose itself. The list stays as it was at the first call, as the session's own list does. @throws CallRefused */
  async hostsOf(keyId: string): Promise<readonly EgressEntry[]> {
    if (this.isOwn(keyId)) return [];
    const known = this.#hosts.get(keyId);
    if (known !== undefined) return known;
    const hosts = await this.#answered(this.#ledger.hostsOf(keyId));
    if (this.#hosts.size >= keysMax) this.#hosts.clear();
    this.#hosts.set(keyId, hosts);
    return hosts;
  }

  /** A verified key of Moose itself, which does its own checks of circuits and failures. */
  isOwn(keyId: string): boolean {
    return this.#known.get(keyId)?.isOwn === true;
  }

  forget(keyId: string): void {
    this.#known.delete(keyId);
    this.#hosts.delete(keyId);
  }

  #answered<T>(asked: Promise<T>): Promise<T> {
    return inTime(asked, this.#waitMs).catch((cause: unknown) => {
      throw refused.ledgerAway(cause);
    });
  }
}
