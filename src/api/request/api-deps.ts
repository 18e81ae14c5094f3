import type { Logger } from 'pino';
import type { ErrorLog } from '../../engine/errors/error-log.ts';
import type { Moose } from '../../engine/moose.ts';
import type { DiskState } from '../../stdx/files/probe-disk.ts';
import type { Database } from '../../store/database.ts';
import type { ClientManager } from '../client-manager.ts';
import type { DemoFaults } from '../demo.ts';
import type { MetricsSource } from '../metrics.ts';
import type { SentinelDeps } from '../sentinel.ts';
import type { SignInElsewhere } from '../sign-in/sign-in-elsewhere.ts';
import type { SlackButtons } from '../slack.ts';
import type { Caller } from './caller.ts';
import type { LastAnswersOptions } from './last-answers.ts';
import type { Rate } from './rate-limit.ts';

export interface ApiDeps extends SentinelDeps {
  database: Database;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  version: string;
  /** The public address besides loopback; null if there is none. */
  baseUrl: string | null;
  clientManager: ClientManager;
  /** Moose, acting for this actor. `requester`: the person for whom a program acts. */
  mooseFor(actor: string, requester?: string): Moose;
  isWorking(): boolean;
  /** Whether the disk of the data directory takes writes. */
  disk(): Promise<DiskState>;
  /** Proxies whose `X-Forwarded-For` counts: addresses and networks. None if absent. */
  trustedProxies?: readonly string[];
  /** If absent, people sign in with tokens only. */
  signIn?: SignInElsewhere;
  /** If absent, buttons in Slack are not accepted. */
  slack?: SlackButtons | null;
  /** If absent, `/metrics` does not exist. */
  metrics?: MetricsSource;
  /** Whether the current settings only use the scripted model; if absent, they do not. */
  isScripted?(): boolean;
  /** Only on a demo. */
  demo?: DemoFaults;
  /** The folder with the build of the web app; if absent, no pages are served. */
  webDirectory?: string | null;
  /** Half a second if absent. */
  failureDelayMs?: number;
  /** The request rate of one caller; by default 100 per second, with bursts of 300. */
  rate?: Rate;
  /** How often one token may sign in; by default 5 times per second, with bursts of 100. */
  signInRate?: Rate;
  /** 15 seconds if absent. */
  requestMsMax?: number;
  lastAnswers?: LastAnswersOptions;
  /** For one caller in this process, in place of those with tokens; errors are then thrown. */
  inner?: { caller: Caller; ownUrl(): Promise<string> };
  /** The only paths that are served, without pages. Any host name is then accepted, since this exposes nothing. */
  onlyPaths?: ReadonlySet<string>;
}
