// What tools print, and the context that must be read from it.
import type { FailureClass } from '../domain/failure.ts';
import type { FailureContext } from '../domain/failure-context.ts';

export interface Printed {
  tool: string;
  command: string;
  lines: readonly string[];
  is: FailureClass;
  context: FailureContext;
}
