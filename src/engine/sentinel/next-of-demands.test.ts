// What happens to a check that demands what no agent can change.
import { expect, test } from 'vitest';
import type { Demand } from '../../domain/forge/demand-words.ts';
import { type Case, check, decide, other, red } from './next/next-of.fixture.ts';

const failed = (name: string) => check(name, 'failed');
const demands = (...of: [string, Demand['kind']][]) =>
  new Map(of.map(([name, kind]): [string, Demand] => [name, { kind, said: 'It is missing.' }]));
const dco = { ...red, checks: [failed('DCO')], demands: demands(['DCO', 'sign-off']) };
const title = { ...red, checks: [failed('semantic-pr')], demands: demands(['semantic-pr', 'title']) };
const label = { ...red, checks: [failed('labels')], demands: demands(['labels', 'label']) };
const asks = (demand: string) => ({ act: 'wait', ask: { code: 'CI_DEMANDS_WORDS', demand } });

test.each<[string, Case, object]>([
  ['a missing sign-off is put there by Moose', { seen: dco }, { act: 'sign off' }],
  ['once', { seen: dco, known: { signsOff: true } }, asks('sign-off')],
  ['not on commits of others', { seen: { ...dco, headSha: other, verdictSha: other } }, asks('sign-off')],
  ['nor on top of theirs', { seen: dco, known: { others: ['Ann'] } }, asks('sign-off')],
  ['a person is asked for a title, whatever cycles are left', { seen: title }, asks('title')],
  ['a label is for a person', { seen: label }, asks('label')],
  [
    'a label on commits of others too',
    { seen: { ...label, headSha: other, verdictSha: other } },
    asks('label'),
  ],
  ['the same with no cycle left', { seen: title, known: { cyclesLeft: 0 } }, asks('title')],
  [
    'a sign-off and a title: a person is asked',
    {
      seen: {
        ...red,
        checks: [failed('DCO'), failed('semantic-pr')],
        demands: demands(['DCO', 'sign-off'], ['semantic-pr', 'title']),
      },
    },
    asks('title'),
  ],
  [
    'what the agent can mend goes to the agent first, without the title',
    { seen: { ...title, checks: [failed('semantic-pr'), failed('build')] } },
    { act: 'refine', failed: [{ name: 'build' }] },
  ],
  [
    'a title that the base branch is red about too is not charged',
    { seen: { ...title, redOnBase: new Set(['semantic-pr']) } },
    { act: 'complete', isGreen: false },
  ],
])('R-SEN-3: %s', (_, given, next) => {
  expect(decide(given)).toMatchObject(next);
});

test('the question names the check and what it said', () => {
  expect(decide({ seen: title })).toMatchObject({
    ask: { because: 'semantic-pr refuses the title of the pull request, which Moose writes (It is missing)' },
  });
});
