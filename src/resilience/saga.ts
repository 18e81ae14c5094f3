// Steps that have to be undone together when one of them fails, as a pure machine over JSON: what to do next, and how far it is.

/** `begun`: it may have been done or not; its undo has to bear both. */
export type SagaStepState = 'waiting' | 'begun' | 'done' | 'undone' | 'undo_failed';

export interface SagaStep {
  key: string;
  /** False: there is nothing to undo, as with a read. */
  hasUndo: boolean;
  state: SagaStepState;
}

/** `partly_compensated` is an end that a human has to see: something is left behind in the world. */
export type SagaPhase = 'forward' | 'done' | 'compensating' | 'compensated' | 'partly_compensated';

export interface Saga {
  phase: SagaPhase;
  steps: SagaStep[];
}

export type SagaEvent =
  | { kind: 'begun' | 'done' | 'undone' | 'undo_failed'; key: string }
  /** A step failed, or the whole is to be given up. */
  | { kind: 'failed' }
  /** What could not be undone is tried again. */
  | { kind: 'undo_again' };

export type SagaMove = { act: 'do' | 'undo'; key: string } | { act: 'end'; leftBehind: string[] };

export function newSaga(steps: readonly Pick<SagaStep, 'key' | 'hasUndo'>[]): Saga {
  return settled({
    phase: 'forward',
    steps: steps.map(({ key, hasUndo }) => ({ key, hasUndo, state: 'waiting' })),
  });
}

/** A step that is `begun` is done again, or undone: after a crash nobody knows how far it came. */
export function nextMove(saga: Saga): SagaMove {
  if (saga.phase === 'forward') {
    const step = saga.steps.find(({ state }) => state !== 'done');
    if (step) return { act: 'do', key: step.key };
  }
  if (saga.phase === 'compensating') {
    const [key] = undoPlan(saga);
    if (key !== undefined) return { act: 'undo', key };
  }
  const left = saga.steps.filter(({ state }) => state === 'undo_failed');
  return { act: 'end', leftBehind: left.map(({ key }) => key) };
}

/** What would be undone if it were given up now, last first. */
export function undoPlan(saga: Saga): string[] {
  return saga.steps
    .filter(({ hasUndo, state }) => hasUndo && (state === 'begun' || state === 'done'))
    .map(({ key }) => key)
    .reverse();
}

/** An event that does not fit the phase, or came a second time, changes nothing. */
export function report(saga: Saga, event: SagaEvent): Saga {
  switch (event.kind) {
    case 'begun':
      return saga.phase === 'forward' ? moved(saga, event.key, ['waiting'], 'begun') : saga;
    case 'done':
      return saga.phase === 'forward' ? moved(saga, event.key, ['waiting', 'begun'], 'done') : saga;
    case 'undone':
    case 'undo_failed':
      return saga.phase === 'compensating' ? moved(saga, event.key, ['begun', 'done'], event.kind) : saga;
    case 'failed':
      return saga.phase === 'forward' ? settled({ ...saga, phase: 'compensating' }) : saga;
    case 'undo_again':
      return saga.phase === 'partly_compensated' ? undoAgain(saga) : saga;
  }
}

/** One failed undo does not keep the others from being undone. */
function moved(saga: Saga, key: string, from: readonly SagaStepState[], to: SagaStepState): Saga {
  const steps = saga.steps.map((step) =>
    step.key === key && from.includes(step.state) ? { ...step, state: to } : step,
  );
  return settled({ ...saga, steps });
}

function undoAgain(saga: Saga): Saga {
  const steps = saga.steps.map((step) =>
    step.state === 'undo_failed' ? { ...step, state: 'begun' as const } : step,
  );
  return { phase: 'compensating', steps };
}

function settled(saga: Saga): Saga {
  if (saga.phase === 'forward' && saga.steps.every(({ state }) => state === 'done'))
    return { ...saga, phase: 'done' };
  if (saga.phase !== 'compensating' || undoPlan(saga).length > 0) return saga;
  const isPartial = saga.steps.some(({ state }) => state === 'undo_failed');
  return { ...saga, phase: isPartial ? 'partly_compensated' : 'compensated' };
}
