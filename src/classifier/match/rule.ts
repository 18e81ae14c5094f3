// A rule is a pattern for one line, its verdict, the tool that prints it, and a real sample that is used as a test.
import type { FailureContext } from '../../domain/failure-context.ts';
import type { Purpose, Verdict } from '../failure-case.ts';

export interface Rule {
  /** `family.name`; rules of the same family add to each other's context. */
  id: string;
  is: Verdict;
  precedence: number;
  /**
   * Tried on each line that contains one of the literals without which it cannot match. They are derived from it, and
   * are in `required-literals.json`. Its named groups are the context: file, line, column, code, package, test, path (a
   * test's path through its groups), retry, status, exit. It must take linear time: no nested repetition.
   */
  line: RegExp;
  /** Patterns for more context, tried on the lines after the first match, then on all lines. */
  near?: readonly RegExp[];
  /**
   * Which match of `near` counts: the first or last one of all lines, or the last one before the match of the rule. A
   * Python traceback, for example, ends with the cause.
   */
  nearest?: 'first' | 'last' | 'before';
  /** The rule applies only to these commands. */
  command?: RegExp;
  /** The rule applies only to these parts of Moose. */
  components?: readonly string[];
  /** The rule applies if the command has one of these purposes, or an unknown one. */
  purposes?: readonly Purpose[];
  /** The rule applies only if the text contains this too. */
  also?: string;
  /** The rule applies only if the text does not contain this. */
  unless?: string;
  /** The tool that prints the line. */
  from: string;
  /** A real output of the tool. */
  sample: string;
  /** The context that must be read from the sample. */
  reads?: FailureContext;
  /** The command that printed the sample. */
  sampleCommand?: string;
}

/**
 * Causes before symptoms (R-FAIL-3): if two rules match an output, the one with the higher precedence is the cause. A
 * rule may add or subtract a few points if it is more or less specific than others of its level.
 */
export const precedence = {
  /** A deadline ended the whole run: that is the cause, whatever was printed before. */
  deadline: 900,
  /** The money is used up: no other failure can be the cause of that. */
  budget: 850,
  /** Something is not installed: nothing that depends on it can work. */
  dependency: 800,
  /** The code does not compile: none of its tests can run. */
  compile: 700,
  /** A declared interface is broken, according to a checker's own message. */
  contract: 600,
  test: 500,
  /** A linter's own message. */
  lint: 400,
  /**
   * Surrounding tools such as git: they fail by themselves, or because of one of the causes above (a linter in a hook,
   * a test).
   */
  orchestration: 300,
  /** A program's crash: it counts as the cause only if nothing above explains it. */
  crash: 200,
  /** The format of a diagnostic, from an unknown tool. */
  shape: 100,
} as const;
