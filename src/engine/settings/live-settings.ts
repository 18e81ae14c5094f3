// The engine's live settings. A change in the database applies within milliseconds on every machine, or a few seconds
// later if the notification was lost. Running work keeps the values it started with.
import { startWakeLoop, type WakeLoop } from '../../stdx/async/wake-loop.ts';
import type { Database } from '../../store/database.ts';
import { listenForEvents } from '../../store/live/listen.ts';
import { changedSettings } from '../../store/work/system-config.ts';
import { defaultSettings, type EngineSettings } from '../policy/engine-settings.ts';
import { applySettings, type IgnoredRow } from './apply-settings.ts';

export interface LiveSettings {
  /** Always the same object, whose values are replaced. Read a value when you need it, and keep no copy. */
  readonly current: EngineSettings;
  /** The settings without people's changes. */
  readonly base: EngineSettings;
  /** The variables of the environment that are set. */
  readonly given: ReadonlySet<string>;
  /** Reads the current values. @throws MooseError if they cannot be read */
  read(signal?: AbortSignal): Promise<void>;
  /** Listens for changes from now on; one call is enough. Resolves once it listens. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

export interface LiveSettingsOptions {
  base: EngineSettings;
  given: ReadonlySet<string>;
  /** Called with the ignored rows whenever they change, and always the first time. */
  onIgnored(ignored: readonly IgnoredRow[]): Promise<void>;
  /** Called after each check for changes; `close` waits for it. */
  onLook?(signal: AbortSignal): Promise<void>;
  /** Called for the first of several failed reads in a row. */
  onFailure(cause: unknown): void;
}

const pollMs = 30_000;
const againMs = 5_000;

export function liveSettings(database: Database, options: LiveSettingsOptions): LiveSettings {
  const { base, given, onIgnored, onLook, onFailure } = options;
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
  // Reads run one after the other: an earlier read must not overwrite a newer one.
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
    const look = async () => {
      // Like every access, this waits for an unavailable database.
      await read();
      await tell();
      await onLook?.(stop.signal);
    };
    const reading = keepLooking(look, stop.signal, onFailure);
    const listening = listenForEvents(database.url, reading.ring, stop.signal, 'moose_settings');
    return { ready: listening.ready, ended: Promise.all([listening.closed, reading.ended]) };
  };
  return {
    current,
    base,
    given,
    read,
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

/** Checks at each notification, and from time to time, until the signal is aborted. */
function keepLooking(
  look: () => Promise<void>,
  signal: AbortSignal,
  onFailure: LiveSettingsOptions['onFailure'],
): WakeLoop {
  let isFailing = false;
  return startWakeLoop(async () => {
    try {
      await look();
      isFailing = false;
    } catch (cause) {
      if (!signal.aborted && !isFailing) onFailure(cause);
      isFailing = true;
    }
    return isFailing ? againMs : pollMs;
  }, signal);
}

/** Settings for callers without live updates: the defaults and people's changes at the time of reading. */
export function settingsAtRest(database: Database): LiveSettings {
  return liveSettings(database, {
    base: defaultSettings,
    given: new Set<string>(),
    onIgnored: async () => undefined,
    onFailure: () => undefined,
  });
}
