// Rounds of one kind: something is written, and a page and a plain client report when they got it.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { type Child, startChild } from '../pipeline/child.ts';
import type { FeedClient } from './feed-client.ts';
import type { LiveGround } from './ground.ts';
import type { Kind } from './kinds.ts';
import type { WatchersAsk, WatchersReport, WriterAct, Written } from './messages.ts';
import { watchFor } from './sightings.ts';

export interface Sample {
  /** The time from before the write until the page's document contained it. */
  seenMs: number;
  /** The time from before the write until the page had drawn it. */
  paintedMs: number;
  /** The time from before the write until a plain client of the feed was notified. */
  toldMs: number;
}

export interface Round {
  ground: LiveGround;
  page: Page;
  feed: FeedClient;
  writer: Child<Written>;
}

const roundMsMax = 20_000;
const beforeMsMax = 400;
/** A random pause, so that rounds do not coincide with the server's own intervals. */
const restMs = { least: 500, most: 900 };
const startMsMax = 30_000;

export async function measure(
  at: Round,
  kind: Kind,
  { samples, watchers, signal }: { samples: number; watchers: number; signal: AbortSignal },
): Promise<{ samples: Sample[]; watching: WatchersReport | null }> {
  const { ground, page } = at;
  await page.goto(`${ground.url}${kind.path(ground)}`);
  await page.locator(kind.shows).first().waitFor();
  const watching = watchers > 0 ? await startWatchers(ground, kind, watchers, signal) : null;
  try {
    const all: Sample[] = [];
    for (let n = 0; n < samples; n++) {
      await rest(restMs.least, restMs.most, signal);
      all.push(await one(at, kind, n + watchers * samples, signal));
    }
    return { samples: all, watching: watching?.report() ?? null };
  } finally {
    await watching?.stop();
  }
}

async function one(at: Round, kind: Kind, n: number, signal: AbortSignal): Promise<Sample> {
  const { ground, page, feed } = at;
  const until = AbortSignal.any([signal, AbortSignal.timeout(roundMsMax)]);
  const { sight, before, act, after, fits } = kind.round(ground, n);
  const seen = await watchFor(page, sight);
  if (before) {
    await write(at, before, until);
    await rest(0, beforeMsMax, until);
  }
  feed.begin();
  const written = await write(at, act, until);
  const told = feed.arrival((event) => fits(event, written), until);
  const [{ atMs, paintedAtMs }, toldAtMs] = await Promise.race([Promise.all([seen(), told]), aborted(until)]);
  if (after) await write(at, after, until);
  return {
    seenMs: atMs - written.atMs,
    paintedMs: paintedAtMs - written.atMs,
    toldMs: toldAtMs - written.atMs,
  };
}

async function write({ writer }: Round, act: WriterAct, signal: AbortSignal): Promise<Written> {
  const written = writer.next(signal);
  writer.send(act);
  return written;
}

async function startWatchers(ground: LiveGround, kind: Kind, count: number, signal: AbortSignal) {
  const child = startChild<WatchersReport>(fileURLToPath(import.meta.resolve('./watchers-program.ts')));
  let newest: WatchersReport = { live: 0, reads: 0, refused: 0 };
  const ask: WatchersAsk = {
    url: ground.url,
    tokens: ground.tokens.slice(0, count),
    paths: kind.paths(ground),
  };
  child.send(ask);
  const until = AbortSignal.any([signal, AbortSignal.timeout(startMsMax)]);
  while (newest.live < count) newest = await child.next(until);
  child.onMessage((report) => {
    newest = report;
  });
  return { report: () => newest, stop: () => child.stop() };
}

async function rest(least: number, most: number, signal: AbortSignal): Promise<void> {
  await sleep(least + Math.random() * (most - least), undefined, { signal });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
