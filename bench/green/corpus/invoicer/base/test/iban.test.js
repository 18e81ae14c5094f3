const { isIban } = require('../src/iban');

test('takes spaces and lower case', () => {
  expect(isIban('de89 3704 0044 0532 0130 00')).toBe(true);
});

test('refuses rubbish', () => {
  expect(isIban('hello')).toBe(false);
});
