import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newSaga, nextMove, report, type Saga, type SagaEvent, type SagaMove, undoPlan } from './saga.ts';

const steps = [
  { key: 'worktree', hasUndo: true },
  { key: 'read', hasUndo: false },
  { key: 'branch', hasUndo: true },
  { key: 'pull request', hasUndo: true },
];

/** Follows the saga's own moves until it ends; what is in `breaks` fails. */
function run(breaks: { does?: string; undoes?: readonly string[] }, from = newSaga(steps)) {
  let saga = from;
  const moves: string[] = [];
  let move: SagaMove = nextMove(saga);
  while (move.act !== 'end') {
    const { act, key } = move;
    moves.push(`${act} ${key}`);
    for (const event of eventsOf(act, key)) saga = JSON.parse(JSON.stringify(report(saga, event)));
    move = nextMove(saga);
  }
  return { saga, moves, leftBehind: move.leftBehind };

  function eventsOf(act: 'do' | 'undo', key: string): SagaEvent[] {
    if (act === 'undo') return [{ kind: breaks.undoes?.includes(key) ? 'undo_failed' : 'undone', key }];
    return [{ kind: 'begun', key }, key === breaks.does ? { kind: 'failed' } : { kind: 'done', key }];
  }
}

test('steps are done in their order', () => {
  const { saga, moves, leftBehind } = run({});
  expect(moves).toEqual(['do worktree', 'do read', 'do branch', 'do pull request']);
  expect([saga.phase, leftBehind]).toEqual(['done', []]);
});

test('what was done is undone in reverse, with the step that failed half-way', () => {
  const { saga, moves } = run({ does: 'branch' });
  expect(moves).toEqual(['do worktree', 'do read', 'do branch', 'undo branch', 'undo worktree']);
  expect(saga.phase).toBe('compensated');
});

test('a partial compensation is a state of its own, says what is left behind, and can be tried again', () => {
  const first = run({ does: 'pull request', undoes: ['branch'] });
  expect(first.moves.slice(-3)).toEqual(['undo pull request', 'undo branch', 'undo worktree']);
  expect([first.saga.phase, first.leftBehind]).toEqual(['partly_compensated', ['branch']]);
  const again = run({}, report(first.saga, { kind: 'undo_again' }));
  expect([again.moves, again.saga.phase, again.leftBehind]).toEqual([['undo branch'], 'compensated', []]);
});

test('nothing to undo is compensated at once', () => {
  expect(report(newSaga(steps), { kind: 'failed' }).phase).toBe('compensated');
  expect(newSaga([]).phase).toBe('done');
});

test('whatever is reported, in whatever order: nothing that may exist is forgotten, and it comes to an end', () => {
  const kinds = fc.constantFrom('begun', 'done', 'undone', 'undo_failed', 'failed', 'undo_again');
  const events = fc.tuple(kinds, fc.constantFrom(...steps.map(({ key }) => key)));
  fc.assert(
    fc.property(fc.array(events, { maxLength: 30 }), (list) => {
      let saga: Saga = newSaga(steps);
      for (const [kind, key] of list) {
        const before = saga;
        saga = report(saga, { kind, key } as SagaEvent);
        // What a plan would undo stays in it until it was undone, or is told of as left behind.
        const kept = new Set([...undoPlan(saga), ...saga.steps.filter(isOver).map((step) => step.key)]);
        expect(undoPlan(before).filter((each) => !kept.has(each))).toEqual([]);
        expect(report(saga, { kind, key } as SagaEvent).steps.length).toBe(steps.length);
      }
      const { saga: end, leftBehind } = run({}, saga);
      expect(['done', 'compensated', 'partly_compensated']).toContain(end.phase);
      expect(end.phase === 'partly_compensated').toBe(leftBehind.length > 0);
    }),
    { seed: 20_261_120, numRuns: 300 },
  );
});

function isOver({ state }: Saga['steps'][number]): boolean {
  return state === 'undone' || state === 'undo_failed';
}
