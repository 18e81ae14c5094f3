// The engine's live settings: a change in the database applies within milliseconds, on every
// machine, or a moment later if the notification was lost. Running work keeps the values it started with.
import { sleep } from '../../stdx/sleep.ts';
import type { Database } from '../../store/database.ts';
import { listenForEvents } from '../../store/live/listen.ts';
import { changedSettings } from '../../store/work/system-config.ts';
import { defaultSettings, type EngineSettings } from '../policy/engine-settings.ts';
import { applySettings, type IgnoredRow } from './apply-settings.ts';

export interface LiveSettings {
  /** Always the same object; what stands in it is replaced. Read it when it is needed, and keep no part of it. */
  readonly current: EngineSettings;
  /** Without what people have changed. */
  readonly base: EngineSettings;
  /** The variables of the environment that are set. */
  readonly given: ReadonlySet<string>;
  /** What the database says now. @throws MooseError where it cannot be read */
  read(signal?: AbortSignal): Promise<void>;
  /** Hears of every change from now on; once is enough. Resolves when it hears. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

export interface LiveSettingsOptions {
  base: EngineSettings;
  given: ReadonlySet<string>;
  /** Called with the ignored rows whenever they change, and always the first time. */
  onIgnored(ignored: readonly IgnoredRow[]): Promise<void>;
  /** They could not be read, again and again: told once until they could. */
  onFailure(cause: unknown): void;
}

const pollMs = 5_000;

export function liveSettings(database: Database, options: LiveSettingsOptions): LiveSettings {
  const { base, given, onIgnored, onFailure } = options;
  const current = { ...base };
  const stop = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();
  let ignoredNow: readonly IgnoredRow[] = [];
  let told: string | null = null;
  let following: { ready: Promise<void>; ended: Promise<unknown> } | null = null;

  const readNow = async (signal: AbortSignal): Promise<void> => {
    const rows = await database.run((query) => changedSettings(query), signal);
    const { settings, ignored } = applySettings(base, rows);
    Object.assign(current, settings);
    ignoredNow = ignored;
  };
  // One after the other: what was read earlier must not be taken for newer.
  const read = (signal = stop.signal): Promise<void> => {
    const mine = turn.then(() => readNow(signal));
    turn = Promise.allSettled([mine]);
    return mine;
  };
  const tell = async (): Promise<void> => {
    const words = JSON.stringify(ignoredNow);
    if (words === told) return;
    await onIgnored(ignoredNow);
    told = words;
  };
  const begin = () => {
    let bell = new AbortController();
    const ring = () => bell.abort();
    const listening = listenForEvents(database.url, ring, stop.signal, 'moose_settings');
    const look = async () => {
      // A database that is unavailable is waited for, as everywhere.
      await read();
      await tell();
    };
    const newBell = () => {
      bell = new AbortController();
      return bell.signal;
    };
    const reading = keepLooking(look, newBell, stop.signal, onFailure);
    return { ready: listening.ready, ended: Promise.all([listening.closed, reading]) };
  };
  return {
    ...{ current, base, given, read },
    follow: async () => {
      following ??= begin();
      await following.ready;
    },
    close: async () => {
      stop.abort(new DOMException('Moose is stopping', 'AbortError'));
      await following?.ended;
      await turn;
    },
  };
}

/** At each ring, and now and then; until the signal says so. */
async function keepLooking(
  look: () => Promise<void>,
  newBell: () => AbortSignal,
  signal: AbortSignal,
  onFailure: LiveSettingsOptions['onFailure'],
): Promise<void> {
  let isFailing = false;
  while (!signal.aborted) {
    // Made before the look, so that a ring meanwhile is not lost.
    const bell = newBell();
    try {
      await look();
      isFailing = false;
    } catch (cause) {
      if (!signal.aborted && !isFailing) onFailure(cause);
      isFailing = true;
    }
    await sleep(pollMs, AbortSignal.any([signal, bell])).catch(() => undefined);
  }
}

/** For who asks about settings where nothing follows them: what is usual, with what people have changed when it is read. */
export function settingsAtRest(database: Database): LiveSettings {
  return liveSettings(database, {
    ...{ base: defaultSettings, given: new Set<string>() },
    onIgnored: async () => undefined,
    onFailure: () => undefined,
  });
}
