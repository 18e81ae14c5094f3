import { expect, test } from 'vitest';
import { catalogue, fieldsOf, findings } from './catalogue.ts';
import { ConfigurationError, PermanentError, TransientError } from './failure.ts';

const oddFailures = catalogue('oddities', {
  TOO_SLOW: {
    kind: 'transient',
    failureClass: 'timeout',
    message: '{what} took {count} s.',
    advice: 'Wait.',
  },
  BAD_JSON: { kind: 'configuration', message: 'No JSON.', advice: 'Write {"a": 1} or {{name}} to {path}.' },
  BAD_JSON_TWICE: { kind: 'permanent', code: 'BAD_JSON', message: 'Still no JSON.' },
});

test('an error is of the class of its kind, and says its message with its words', () => {
  const error = oddFailures.TOO_SLOW({ operation: 'try' }, { what: 'It ({count})', count: 3 });
  expect(error).toBeInstanceOf(TransientError);
  expect(error).toMatchObject({
    code: 'TOO_SLOW',
    component: 'oddities',
    operation: 'try',
    type: 'timeout',
    retryable: true,
    message: 'It ({count}) took 3 s.',
    advice: 'Wait.',
  });
});

test('braces that hold no name are text, and an entry may name its code', () => {
  const error = oddFailures.BAD_JSON({ operation: 'read' }, { path: 'a.json', name: 'x' });
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.advice).toBe('Write {"a": 1} or {x} to a.json.');
  const again = oddFailures.BAD_JSON_TWICE({ operation: 'read' });
  expect([again.code, again.advice, again instanceof PermanentError]).toEqual(['BAD_JSON', undefined, true]);
});

test('what is known where it is raised wins over the entry, and its stack begins there', () => {
  const error = oddFailures.TOO_SLOW(
    { operation: 'try', failureClass: 'unknown', severity: 'low', happenedIn: 'elsewhere' },
    { what: 'It', count: 1 },
  );
  expect(error).toMatchObject({ failureClass: 'unknown', severity: 'low', component: 'elsewhere' });
  expect(error.stack?.split('\n')[1]).toContain('catalogue.test.ts');
});

test('a class of its own is filled from an entry', () => {
  class OddError extends PermanentError {}
  const error = new OddError(fieldsOf(oddFailures.BAD_JSON_TWICE, { operation: 'read' }));
  expect(error).toMatchObject({ name: 'OddError', code: 'BAD_JSON', component: 'oddities' });
});

test('words are demanded by the types', () => {
  // @ts-expect-error the words are missing
  expect(oddFailures.TOO_SLOW({ operation: 'try' }).message).toBe('{what} took {count} s.');
  // @ts-expect-error there are none
  oddFailures.BAD_JSON_TWICE({ operation: 'read' }, { what: 'x' });
  // @ts-expect-error one is missing
  oddFailures.TOO_SLOW({ operation: 'try' }, { what: 'x' });
});

test('a finding says its code and its message', () => {
  const oddFindings = findings('oddities', { LATE: { message: '{who} is late.' } });
  expect(oddFindings.LATE({ who: 'She' })).toEqual({ code: 'LATE', message: 'She is late.' });
});
