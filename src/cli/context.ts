// What the commands are given by the composition root.

import type { Moose } from '../engine/moose.ts';
import type { Diagnosis } from '../engine/views/diagnosis.ts';
import type { Face } from './face.ts';

export interface OpenMoose {
  moose: Moose;
  /** How people reach it: the embedded server's port, or that MOOSE_DATABASE_URL is used. */
  ground: string;
  /** DATABASE_URL is set, and it is not Moose's. */
  ignoresDatabaseUrl?: boolean;
  close(): Promise<void>;
}

export interface CarryingWork {
  executorId: string;
  /** Does a job of the upkeep at once. */
  ring(job: string): void;
  close(): Promise<void>;
}

export interface OwnAddress {
  /** Where people open it. */
  openUrl: string;
  /** The same with the first token in it, after the `#`: a secret. */
  signInUrl: string;
  /** A file that leads a browser there: what stands on a command line everybody on the machine can read. */
  signInPath: string;
  /** The file that holds the first token. */
  tokenPath: string;
}

export type OpenFor = 'serve' | 'prepare' | 'use';

export interface CliContext {
  version: string;
  /** Aborted by Ctrl-C and by TERM. */
  signal: AbortSignal;
  face(isJson: boolean): Face;
  /**
   * The database and the questions to it; what it needs is started for as long as the command runs. Only what begins or
   * carries work may `prepare` a database that is empty or older; with `use` it is refused. What `serves` prepares, and
   * tells its warnings while it runs.
   */
  open(flags: { json: boolean; data?: string }, mode: OpenFor): Promise<OpenMoose>;
  /** Begins to carry work in this process, until `close`. */
  work(opened: OpenMoose, onLost: (error: Error) => void): Promise<CarryingWork>;
  /** Answers over HTTP in this process, until `close`; `worker` is null until work is carried. */
  serve(
    opened: OpenMoose,
    given: { port?: number; worker(): CarryingWork | null },
  ): Promise<OwnAddress & { url: string; close(): Promise<void> }>;
  /** Where the Moose of this data directory answers. @throws `MOOSE_NOT_UP` */
  address(flags: { data?: string }): Promise<OwnAddress>;
  /** Answers an assistant on standard input and output, until it hangs up. */
  mcp(opened: OpenMoose, given: { name: string }): Promise<void>;
  diagnose(flags: { data?: string }): Promise<Diagnosis[]>;
  demo(options: {
    face: Face;
    data?: string;
    signal: AbortSignal;
  }): Promise<{ document: Record<string, unknown>; lines: string[]; holds: boolean }>;
}
