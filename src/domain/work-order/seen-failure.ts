// What a failed check showed, for comparing two runs of the same check (R-PROJ-6, R-PROJ-7).
import type { FailureClass } from '../failure.ts';

/** Something that a check needs and no change can provide: its kind and its name. */
export interface Lack {
  kind:
    | 'variable'
    | 'certificate'
    | 'program'
    | 'package'
    | 'disk'
    | 'service'
    | 'registry'
    /** Limits of the machine: open files, watched files. */
    | 'limit'
    /** A path that the check may not write to. */
    | 'path'
    /** A container engine, such as Docker. */
    | 'container'
    /** A port of this machine that another program has. */
    | 'port'
    /** A user, password or token that a service or a registry does not accept. */
    | 'login'
    /** A user namespace, which the sandbox refuses unless a person allows them to the project. */
    | 'namespace'
    /** A terminal, or an answer on standard input. */
    | 'terminal'
    | 'input'
    | 'shared memory'
    /** The check is killed from outside, with or without the change. */
    | 'memory';
  /** Empty if the output does not name it. */
  name: string;
}

/** What a check printed about failures, without what differs between two runs of the same files. */
export interface Reported {
  /** Each diagnostic without its position, in the order in which they were printed. */
  lines: string[];
  /** The sum of the numbers of failures in its summaries: lists may be cut, their totals are not. */
  count: number;
}

export interface SeenFailure {
  failureClass: FailureClass;
  /** The classifier rule that decided. */
  rule: string;
  /** The first diagnostic's position and code, relative to the checkout. */
  file: string | null;
  errorCode: string | null;
  /** Names of failed tests; empty if the output has none. */
  testNames: string[];
  reported: Reported;
  lack: Lack | null;
}

/** A description: the failed tests; otherwise the place of the first diagnostic; otherwise the kind of failure. */
export function failuresIn({ testNames, file, errorCode, failureClass }: SeenFailure): string[] {
  if (testNames.length > 0) return testNames;
  const place = [file, errorCode].filter((part) => part !== null).join(' ');
  return [place === '' ? failureClass.replaceAll('_', ' ') : place];
}
