// What a red check showed, as far as two runs of the same check can be compared by it (R-PROJ-6, R-PROJ-7).
import type { FailureClass } from './failure.ts';

/** What a check lacked that no change can bring: its kind, and what it is called. */
export interface Lack {
  kind:
    | 'variable'
    | 'certificate'
    | 'program'
    | 'package'
    | 'disk'
    | 'service'
    | 'registry'
    /** Of the machine: open files, watched files. */
    | 'limit'
    /** One that the check may not write to. */
    | 'path'
    /** It is killed from outside, with or without the change. */
    | 'memory';
  /** Empty where the output does not name it. */
  name: string;
}

export interface SeenFailure {
  failureClass: FailureClass;
  /** The rule of the classifier that decided. */
  rule: string;
  /** The first diagnostic's place and code, relative to the checkout. */
  file: string | null;
  errorCode: string | null;
  /** Of failing tests; empty where the output names none. */
  testNames: string[];
  lack: Lack | null;
}
