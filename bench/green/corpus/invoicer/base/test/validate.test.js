const { validate } = require('../src/validate');
const invoice = require('./invoice.fixture');

test('a good invoice has no problems', () => {
  expect(validate(invoice())).toEqual([]);
});

test('number is needed', () => {
  expect(validate({ ...invoice(), number: '' })).toEqual(['number is missing']);
});

test('lines are needed', () => {
  expect(validate({ ...invoice(), lines: [] })).toEqual(['no lines']);
});

test('lines have to be a list', () => {
  expect(validate({ ...invoice(), lines: 'x' })).toEqual(['no lines']);
});

test('lines may not be absent', () => {
  const { lines, ...rest } = invoice();
  expect(validate(rest)).toEqual(['no lines']);
});
