import { afterEach, expect, test } from 'vitest';
import { asCalled, rememberData, rememberProgram } from './as-called.ts';

afterEach(() => {
  rememberProgram('moose');
  rememberData(undefined);
});

const advice = 'See it with `moose diff 56451a3f`, merge it with `moose merge 56451a3f`, or run `npm test`.';

test('R-BASE-4: fear: a command that Moose names fails, because it was called in another way', () => {
  rememberProgram('npm run moose --');
  rememberData("/data/it's");
  const called = "npm run moose -- --data '/data/it'\\''s'";
  expect(asCalled(advice)).toBe(
    `See it with \`${called} diff 56451a3f\`, merge it with \`${called} merge 56451a3f\`, or run \`npm test\`.`,
  );
  expect(asCalled(asCalled(advice))).toBe(asCalled(advice));
});

test('an installed Moose names its commands as they are documented', () => {
  expect(asCalled(advice)).toBe(advice);
});

test('what is no command stays as it is', () => {
  rememberProgram('npm run moose --');
  expect(asCalled('The `moose` of the till, a moose run, and `npx moose run`')).toBe(
    'The `moose` of the till, a moose run, and `npx moose run`',
  );
});

test('with only a data directory, a text that goes through twice names it once', () => {
  rememberData('/data');
  expect(asCalled(asCalled('Use `moose show ID`.'))).toBe('Use `moose --data /data show ID`.');
});

test('what a program has printed is quoted as it is', () => {
  rememberProgram('npm run moose --');
  expect(asCalled('│ see `moose show ID`')).toBe('│ see `moose show ID`');
});
