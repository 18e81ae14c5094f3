// Browser notifications of the person who asks: turned on and off for each browser, and tested. Only for people.

import { createECDH, createHash } from 'node:crypto';
import type * as wire from '../../contract/contract.ts';
import type { PermanentError } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import { browserName } from '../../domain/people/browser-name.ts';
import { isHuman, personOf } from '../../domain/people/person.ts';
import { isPublicHost } from '../../stdx/network/public-address.ts';
import { readPushKey } from '../../store/access/push-key.ts';
import {
  findPushSubscription,
  forgetUnusedPushes,
  lockPushesOf,
  type PushSubscription,
  pushSubscriptionAt,
  pushSubscriptionsOf,
  putPushSubscription,
  removePushSubscription,
} from '../../store/access/push-subscriptions.ts';
import type { Database, Query } from '../../store/database.ts';
import { addPush } from '../../store/failures/push-outbox.ts';
import type { KeyRing } from '../policy/secrets/key-ring.ts';
import { ensurePushKey } from '../policy/secrets/push-key.ts';
import type { Notice } from '../ports/notifier.ts';
import { accessFailures } from './failure-catalogue.ts';

/** The kind of a notice that a person sends to a browser of their own. */
const testKind = 'push.test';

export interface PushDeps {
  database: Database;
  actor: string;
  keyRing(): KeyRing;
  /** Only tests: their push service listens on loopback. */
  allowsLoopback?: boolean;
}

/** What the interface knows of the browser that asks. */
export interface AskingBrowser {
  /** Null for a caller without a browser. */
  tokenId: string | null;
  sessionId: string | null;
  userAgent: string;
}

const browsersMax = 10;

export function askPush({ database, actor, keyRing, allowsLoopback = false }: PushDeps) {
  const person = () => {
    if (!isHuman(actor)) throw notAPerson();
    return personOf(actor);
  };
  const mine = async (query: Query, id: string): Promise<PushSubscription> => {
    const found = await findPushSubscription(query, id);
    if (found?.person === person()) return found;
    throw notFound();
  };
  return {
    /** The person's browsers. @throws `PUSH_NOT_A_PERSON` */
    status: async (): Promise<wire.PushStatus> => {
      const owner = person();
      const [key, rows] = await database.run(
        async (query) => [await readPushKey(query), await pushSubscriptionsOf(query, owner)] as const,
      );
      return { public_key: key?.publicKey ?? null, items: rows.map(viewOf) };
    },
    /** Whether notifications are on in the browser already. @throws `PUSH_NOT_A_PERSON` */
    has: async (endpoint: string): Promise<boolean> => {
      const rows = await database.run((query) => pushSubscriptionsOf(query, person()));
      return rows.some((each) => each.endpoint === endpoint);
    },
    /** @throws `PUSH_NOT_A_PERSON`, `PUSH_BROWSER_NOT_FOUND` */
    one: async (id: string): Promise<wire.PushBrowser> =>
      viewOf(await database.run((query) => mine(query, id))),
    /** The public key, made at the first call. @throws `PUSH_NOT_A_PERSON`, `SECRETS_KEY_MISSING` */
    key: async (): Promise<string> => {
      person();
      return database.transaction((query) => ensurePushKey(query, keyRing()));
    },
    /**
     * Repeating it renews the browser.
     * @throws `PUSH_NOT_A_PERSON`, `PUSH_BROWSER_INVALID`, `PUSH_BROWSER_TAKEN`, `PUSH_BROWSERS_TOO_MANY`
     */
    subscribe: async (given: wire.NewPushBrowser, from: AskingBrowser): Promise<wire.PushBrowser> => {
      const owner = person();
      const { tokenId, sessionId } = from;
      if (tokenId === null) throw notAPerson();
      const { endpoint } = given;
      const keys = keysOf(given);
      assertAddress(endpoint, allowsLoopback);
      const browser = browserName(from.userAgent);
      const put = () =>
        database.transaction(async (query) => {
          await lockPushesOf(query, owner);
          await makeRoom(query, owner, { endpoint, ...keys });
          await putPushSubscription(query, { person: owner, tokenId, sessionId, endpoint, ...keys, browser });
        });
      await put();
      const all = await database.run((query) => pushSubscriptionsOf(query, owner));
      const added = all.find((each) => each.endpoint === endpoint);
      if (added === undefined) throw notFound();
      return viewOf(added);
    },
    /** @throws `PUSH_NOT_A_PERSON`, `PUSH_BROWSER_NOT_FOUND` */
    remove: async (id: string): Promise<void> => {
      await database.run((query) => mine(query, id));
      await database.transaction((query) => removePushSubscription(query, id));
    },
    /** A worker sends it. @throws `PUSH_NOT_A_PERSON`, `PUSH_BROWSER_NOT_FOUND` */
    test: async (id: string): Promise<wire.PushBrowser> => {
      const found = await database.run((query) => mine(query, id));
      const key = `push.test:${newId(new Date())}`;
      const title = 'You will be notified here about your questions.';
      const payload: Notice = { title, text: '', severity: 'low' };
      await database.transaction((query) => addPush(query, { id, key, kind: testKind, payload }));
      return viewOf(found);
    },
  };
}

/** Needs the lock of the person's browsers. */
async function makeRoom(
  query: Query,
  person: string,
  { endpoint, p256dh, auth }: Pick<PushSubscription, 'endpoint' | 'p256dh' | 'auth'>,
): Promise<void> {
  await forgetUnusedPushes(query);
  const known = await pushSubscriptionAt(query, endpoint);
  if (known?.person === person) return;
  if (known !== undefined) {
    // Somebody else used this browser before. Only the browser itself knows its keys.
    if (!known.p256dh.equals(p256dh) || !known.auth.equals(auth)) throw taken();
    await removePushSubscription(query, known.id);
  }
  if ((await pushSubscriptionsOf(query, person)).length >= browsersMax) throw tooMany();
}

function keysOf({ keys }: wire.NewPushBrowser): { p256dh: Buffer; auth: Buffer } {
  const p256dh = Buffer.from(keys.p256dh, 'base64url');
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  try {
    ecdh.computeSecret(p256dh);
  } catch {
    throw invalid('Its key is not a point on the curve P-256.');
  }
  return { p256dh, auth: Buffer.from(keys.auth, 'base64url') };
}

/** The same rule as at delivery, where names are resolved too. */
function assertAddress(endpoint: string, allowsLoopback: boolean): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '')
    throw invalid('Its endpoint is not an address without a user, a password and a fragment.');
  if (allowsLoopback && url.hostname === '127.0.0.1') return;
  if (url.protocol !== 'https:' || !isPublicHost(url.hostname, Number(url.port || '443')))
    throw invalid('Its endpoint is not a public https address.');
}

function viewOf(row: PushSubscription): wire.PushBrowser {
  const { id, browser, endpoint, failures, lastFailure } = row;
  return {
    id,
    browser,
    failures,
    fingerprint: createHash('sha256').update(endpoint).digest('base64url'),
    created_at: row.createdAt.toISOString(),
    last_success_at: row.lastSuccessAt?.toISOString() ?? null,
    last_failure: lastFailure,
  };
}

function notAPerson(): PermanentError {
  return accessFailures.PUSH_NOT_A_PERSON('change notifications');
}

function invalid(what: string): PermanentError {
  return accessFailures.PUSH_BROWSER_INVALID('change notifications', { what });
}

function taken(): PermanentError {
  return accessFailures.PUSH_BROWSER_TAKEN('change notifications');
}

function tooMany(): PermanentError {
  return accessFailures.PUSH_BROWSERS_TOO_MANY('change notifications', { browsersMax });
}

function notFound(): PermanentError {
  return accessFailures.PUSH_BROWSER_NOT_FOUND('change notifications');
}
