// What a rule is: a pattern on one line, what it means, who prints it, and a real sample that is itself a test.
import type { FailureContext, Purpose, Verdict } from './failure-case.ts';

export interface Rule {
  /** `family.name`; rules of one family complete each other's context. */
  id: string;
  is: Verdict;
  precedence: number;
  /** One of these has to stand in the text before the pattern is tried at all; four characters or more each. */
  has: readonly string[];
  /**
   * Tried on one line at a time; its named groups are the context: file, line, column, code, package, test, retry,
   * status, exit; path is that of a test within its groups. Linear: no repetition inside of a repetition.
   */
  line: RegExp;
  /** More context, from lines after the first match, else from any line. */
  near?: readonly RegExp[];
  /** `near` takes the last line that fits, of all or of those before the match: a Python traceback ends at the cause. */
  nearest?: 'last' | 'before';
  /** Holds for these commands alone. */
  command?: RegExp;
  /** Holds for these parts of Moose alone. */
  components?: readonly string[];
  /** Holds where the command is for one of these, or its purpose is not known. */
  purposes?: readonly Purpose[];
  /** Holds only where the text has this as well. */
  also?: string;
  /** Holds only where the text does not have this. */
  unless?: string;
  /** The tool that prints it. */
  from: string;
  /** As the tool prints it. */
  sample: string;
  /** What has to be read from the sample. */
  reads?: FailureContext;
  /** The command that goes with the sample. */
  sampleCommand?: string;
}

/**
 * Cause over symptom (R-FAIL-3): of two things that an output says, the one that stands higher here is the cause. A
 * number in a rule is one of these, raised or lowered by a few where one rule of a level knows more than another.
 */
export const precedence = {
  /** The whole run was ended by a deadline: whatever it printed before, this is why it ended. */
  deadline: 900,
  /** Money is used up: no other fault explains it. */
  budget: 850,
  /** Something is not installed: nothing behind it can work. */
  dependency: 800,
  /** The text is refused: no test of it can run. */
  compile: 700,
  /** A declared interface is broken: a checker that says so in its own words. */
  contract: 600,
  test: 500,
  /** A linter's finding, in its own words. */
  lint: 400,
  /** The machinery around: it fails by itself, or because of what is above (a hook's linter, a test). */
  orchestration: 300,
  /** A bare program's crash: it has a cause only where nothing above explains it. */
  crash: 200,
  /** The shape of a diagnostic, from a tool that is not known. */
  shape: 100,
} as const;
