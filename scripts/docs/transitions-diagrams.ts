import { legalTransitions, type TransitionKind } from '../../src/domain/transitions.ts';
import { stageMeanings } from '../../src/domain/work-order/stage.ts';
import { markdownTable } from './markdown-table.ts';

/** The statuses of a work order as a state diagram. */
export function statusDiagram(): string {
  const moves = transitionsOf('status');
  const reached = new Set(moves.map(({ to }) => to));
  const left = new Set(moves.map(({ from }) => from));
  const first = [...left].filter((status) => !reached.has(status)).map((status) => `  [*] --> ${status}`);
  const last = [...reached].filter((status) => !left.has(status)).map((status) => `  ${status} --> [*]`);
  const between = moves.map(({ from, to }) => `  ${from} --> ${to}`);
  return ['```mermaid', 'stateDiagram-v2', ...first, ...between, ...last, '```'].join('\n');
}

export function stagesTable(): string {
  const rows = Object.entries(stageMeanings).map(([stage, means]) => [code(stage), means]);
  return markdownTable(['stage', 'means'], rows);
}

export function stepStatesTable(): string {
  return movesTable('step_state', 'step state');
}

export function stepsTable(): string {
  return movesTable('step', 'step');
}

function movesTable(kind: TransitionKind, name: string): string {
  const next = new Map<string, string[]>();
  for (const { from, to } of transitionsOf(kind)) next.set(from, [...(next.get(from) ?? []), to]);
  const rows = [...next].map(([from, to]) => [code(from), to.map(code).join(', ')]);
  return markdownTable([name, 'may become'], rows);
}

function transitionsOf(kind: TransitionKind) {
  return legalTransitions.filter((each) => each.kind === kind);
}

function code(value: string): string {
  return value === 'none' ? '(none yet)' : `\`${value}\``;
}
