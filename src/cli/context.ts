// What the composition root gives the commands.

import type { PrintedChaos, PrintedDocument } from '../contract/contract.ts';
import type { Ask } from '../contract/operations/ask.ts';
import type { MooseError } from '../domain/failure.ts';
import type { EngineSettings } from '../engine/policy/engine-settings.ts';
import type { Diagnosis } from '../engine/views/diagnosis.ts';
import type { Printer } from './terminal/printer.ts';

export interface OpenMoose {
  ask: Ask;
  /** The address of the server that answers; null if this process uses the database itself. */
  server: string | null;
  /** A description of the database for people: the port of the embedded server, or that MOOSE_DATABASE_URL is used. */
  ground: string;
  /** True if DATABASE_URL is set: Moose does not use it. */
  ignoresDatabaseUrl?: boolean;
  /** What this process lacks for a work order without wishes, such as a model; null if nothing. */
  lack?(): Promise<MooseError | null>;
  /** Starts a worker in this process, until `close`; it has these labels in addition to those of its machine. */
  work(onLost: (error: Error) => void, labels?: readonly string[]): Promise<RunningWorker>;
  /** Serves HTTP in this process, until `close`; `worker` returns null until the worker has started. */
  serve(given: {
    port?: number;
    worker(): RunningWorker | null;
  }): Promise<OwnAddress & { url: string; close(): Promise<void> }>;
  /** Answers probes and scrapes on a port, and nothing else, until `close`. */
  serveProbes(given: {
    port: number;
    worker(): RunningWorker | null;
  }): Promise<{ url: string; close(): Promise<void> }>;
  /** Serves an assistant on standard input and output, until it disconnects. */
  mcp(given: { name: string }): Promise<void>;
  close(): Promise<void>;
}

export interface RunningWorker {
  executorId: string;
  /** All labels of the worker. */
  labels: readonly string[];
  /** How long `drain` waits, unless the command says otherwise. */
  drainMs: number;
  /** Runs a periodic job immediately. */
  ring(job: string): void;
  /**
   * Takes no new work, and waits at most this long for steps in progress. Returns the number of runs whose steps did
   * not finish in time.
   */
  drain(withinMs: number, signal: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

export interface OwnAddress {
  /** The address that people open. */
  openUrl: string;
  /** `openUrl` with the first token in it, after the `#`: a secret. */
  signInUrl: string;
  /**
   * A file that redirects a browser to `signInUrl`: everybody on the machine can read a command line, so the secret is
   * not passed there.
   */
  signInPath: string;
  /** The file that holds the first token; null for a server on another machine. */
  tokenPath: string | null;
}

export type OpenFor = 'serve' | 'prepare' | 'use';

/** What `moose init` needs, without a database. */
export interface InitGround {
  settings: EngineSettings;
  ownPorts(): Promise<readonly number[]>;
  agents(): Promise<{ name: string; isInstalled: boolean; version: string | null }[]>;
}

export interface CliContext {
  version: string;
  /** A signal that is aborted by Ctrl-C and by TERM. */
  signal: AbortSignal;
  printer(isJson: boolean): Printer;
  /**
   * Opens the database, and starts what it needs while the command runs. Only commands that submit or run work may
   * `prepare` an empty or older database; `use` refuses it. `serve` prepares it too, and logs warnings while it runs.
   */
  open(flags: { json: boolean; data?: string }, mode: OpenFor): Promise<OpenMoose>;
  /** The address of the Moose that uses this data directory. @throws `MOOSE_NOT_UP` */
  address(flags: { data?: string }): Promise<OwnAddress>;
  diagnose(flags: { data?: string }): Promise<Diagnosis[]>;
  /** What the catalogues say about an error code. @throws `ERROR_CODE_UNKNOWN` */
  explainError(code: string): Promise<PrintedDocument<'errors explain'>>;
  init(flags: { data?: string }): Promise<InitGround>;
  /** Starts an agent's program so that a person can sign in, or removes the login; neither opens a database. */
  logins(flags: { data?: string }): Promise<{
    signIn(agent: string): Promise<{ path: string }>;
    signOut(agent: string): Promise<{ path: string; was_there: boolean }>;
  }>;
  /** Backups, made and restored on this machine. */
  backups(flags: { data?: string }): Promise<{
    make(path: string): Promise<PrintedDocument<'backup'>>;
    verify(path: string): Promise<PrintedDocument<'backup'>>;
    restore(path: string, given: { isForced: boolean }): Promise<PrintedDocument<'restore'>>;
  }>;
  demo(options: {
    printer: Printer;
    data?: string;
    signal: AbortSignal;
    isSpec: boolean;
    /** Prints each event, also at a terminal. */
    isVerbose: boolean;
  }): Promise<{ document: PrintedDocument<'demo'>; lines: string[]; holds: boolean }>;
  /** The demo with faults, on a scratch instance that is deleted at its end. */
  faultDemo(options: Omit<FaultDemoOptions, 'version'>): Promise<FaultDemoResult>;
  /** Measures an agent against the fault matrix, on a scratch Moose, and keeps the table in the data directory. */
  certify(options: CertifyOptions): Promise<CertifyResult>;
  /** Runs, lists or plans fault scenarios, without using the user's own Moose. */
  chaos(options: ChaosOptions): Promise<ChaosResult>;
}

export interface FaultDemoOptions {
  printer: Printer;
  /** Names of faults, injected one after the other, or `list`. */
  faults: readonly string[];
  /** Keeps Mission Control open until the signal. */
  isServed: boolean;
  /** Prints each event, also at a terminal. */
  isVerbose: boolean;
  /** The folder of the scratch instance, new or empty; if absent, a temporary folder. */
  data?: string;
  version: string;
  signal: AbortSignal;
}

export interface FaultDemoResult {
  document: PrintedDocument<'demo'>;
  lines: string[];
  /** True if Moose recovered from every fault or asked a person. */
  holds: boolean;
}

export interface CertifyOptions {
  printer: Printer;
  agent: string;
  /** Names of rows; empty for all. */
  rows: readonly string[];
  /** How long the agent may work in each row. */
  limitMs: number;
  data?: string;
  signal: AbortSignal;
}

export interface CertifyResult {
  document: PrintedDocument<'agents certify'>;
  lines: string[];
  /** True if no row is wrong. */
  holds: boolean;
}

export interface ChaosOptions {
  act: 'run' | 'list' | 'plan';
  printer: Printer;
  /** Names of scenarios; empty for all. */
  scenarios: readonly string[];
  /** Random if absent. */
  seed?: number;
  /** How long faults are injected side by side; if absent, each scenario runs once. */
  minutes?: number;
  /** 2: the worker runs as another machine. */
  machines?: number;
  /** The folder of the scratch instance, new or empty; if absent, a temporary folder. */
  data?: string;
  /** Where the report page is written; if absent, in the folder for temporary files. */
  report?: string;
  signal: AbortSignal;
}

export interface ChaosResult {
  document: PrintedChaos;
  lines: string[];
  /** True if nothing was lost, doubled, overspent, orphaned or silent. */
  holds: boolean;
}
