import type { NewPushBrowser, PushBrowser } from '../../../src/contract/contract.ts';
import { ask } from '../api/ask.ts';

const workerPath = '/push-worker.js';

/** Why notifications are impossible here; null if they are possible. */
export type PushObstacle = 'insecure' | 'unsupported' | 'blocked';

export function pushObstacle(): PushObstacle | null {
  if (!window.isSecureContext) return 'insecure';
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window))
    return 'unsupported';
  return Notification.permission === 'denied' ? 'blocked' : null;
}

async function subscriptionHere(): Promise<PushSubscription | null> {
  if (!window.isSecureContext || !('serviceWorker' in navigator && 'PushManager' in window)) return null;
  const registration = await navigator.serviceWorker.getRegistration('/');
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** This browser among the person's browsers; null if notifications are off here. */
export async function findHere(items: readonly PushBrowser[]): Promise<PushBrowser | null> {
  const subscription = await subscriptionHere();
  if (subscription === null) return null;
  const fingerprint = await fingerprintOf(subscription.endpoint);
  return items.find((each) => each.fingerprint === fingerprint) ?? null;
}

async function fingerprintOf(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** Asks the person for permission. @throws an error to show, if it is refused or the browser cannot subscribe */
export async function turnOnHere(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('This browser does not allow Moose to show notifications.');
  const { public_key } = await ask('post /api/push/key');
  await navigator.serviceWorker.register(workerPath, { scope: '/', updateViaCache: 'none' });
  const { pushManager } = await navigator.serviceWorker.ready;
  // A subscription of another person, or with an old key.
  await (await pushManager.getSubscription())?.unsubscribe();
  const made = await pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: public_key })
    .catch((cause: unknown) => {
      throw new Error('The push service of this browser cannot be reached, or is switched off.', { cause });
    });
  await sendToServer(made);
}

/** Off in this browser, whatever the server knows. */
export async function turnOffHere(): Promise<void> {
  await (await subscriptionHere())?.unsubscribe();
}

/**
 * Tells the server that this person still uses this browser. If the subscription belongs to somebody who used the browser
 * before, it ends: their questions are not for this person.
 */
export async function renewHere(): Promise<void> {
  const subscription = await subscriptionHere();
  if (subscription === null) return;
  const { items } = await ask('get /api/push');
  if ((await findHere(items)) === null) await subscription.unsubscribe();
  else await sendToServer(subscription);
}

async function sendToServer(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON() as NewPushBrowser;
  const body: NewPushBrowser = { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } };
  await ask('post /api/push/browsers', { body });
}
