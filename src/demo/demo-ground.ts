import type { Printer } from '../cli/terminal/printer.ts';
import type { Moose } from '../engine/moose.ts';
import type { DemoView } from './demo-view.ts';

export interface DemoGround {
  moose: Moose;
  repositoryPath: string;
  printer: Printer;
  view: DemoView;
  signal: AbortSignal;
}
