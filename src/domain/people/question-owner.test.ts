import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextOwner, onCallFrom } from './question-owner.ts';

const monday = new Date('2026-01-05T00:00:00Z');
const later = (hours: number) => new Date(monday.getTime() + hours * 3_600_000);
const rotation = ['ada', 'bob', 'eve'];

test('R-ESC-7: the rotation changes on Monday at 0:00 UTC, by one person, and begins again after the last', () => {
  const first = onCallFrom(rotation, monday)[0] ?? '';
  const at = rotation.indexOf(first);
  expect(onCallFrom(rotation, later(7 * 24 - 0.001))[0]).toBe(first);
  const weeks = [1, 2, 3].map((week) => onCallFrom(rotation, later(week * 7 * 24))[0]);
  expect(weeks).toEqual([1, 2, 3].map((week) => rotation[(at + week) % 3]));
  expect(onCallFrom(rotation, later(-0.001))[0]).toBe(rotation[(at + 2) % 3]);
  expect(onCallFrom([], monday)).toEqual([]);
});

test('R-ESC-7: first who asked for the work, then the owner of its project, then each on call', () => {
  const facts = { requester: 'human:kim', projectOwner: 'lee', rotation: ['ada', 'lee'] };
  const had: string[] = [];
  const chain: string[] = [];
  for (let next = nextOwner(facts, had, monday); next; next = nextOwner(facts, had, monday)) {
    chain.push(`${next.name} ${next.because}`);
    had.push(next.name);
  }
  expect(chain).toEqual(['kim requester', 'lee project', 'ada on_call']);
});

test('R-ESC-7: a program that submitted the work, or Moose itself, is not asked', () => {
  for (const requester of ['api:ci', 'moose:director', 'mcp:assistant', null])
    expect(nextOwner({ requester, projectOwner: null, rotation: [] }, [], monday)).toBeNull();
});

test('R-ESC-7: property: everybody gets a question at most once, and nobody on call is left out', () => {
  const name = fc.constantFrom('ada', 'bob', 'eve', 'kim');
  fc.assert(
    fc.property(
      fc.uniqueArray(name),
      fc.option(name),
      fc.option(name),
      fc.integer({ min: 0, max: 4e12 }),
      (names, requester, projectOwner, ms) => {
        const facts = { requester: requester && `human:${requester}`, projectOwner, rotation: names };
        const had: string[] = [];
        for (;;) {
          const next = nextOwner(facts, had, new Date(ms));
          if (!next) break;
          expect(had).not.toContain(next.name);
          had.push(next.name);
        }
        for (const one of [...names, requester, projectOwner]) if (one) expect(had).toContain(one);
      },
    ),
  );
});
