const { card, shout, stamp, wrap } = require('./card');

describe('wrap', () => {
  test('breaks between words', () => {
    expect(wrap('all the best to you', 8)).toEqual(['all the', 'best to', 'you']);
  });

  test('keeps a short text', () => {
    expect(wrap('hi', 8)).toEqual(['hi']);
  });

  test('breaks at the width', () => {
    expect(wrap('many happy returns', 10)).toEqual(['many happy', 'returns']);
  });
});

test('a card has its names', () => {
  expect(card({ to: 'Ada', from: 'Bob', text: 'Merry!' })).toMatchInlineSnapshot(`
"Dear Ada,
Merry!
Yours, Bob"
`);
});

test('a card as it is printed', () => {
  expect(card({ to: 'Eve', from: 'Dan', text: 'Cheers' })).toMatchSnapshot();
});

test('shout is loud', () => {
  expect(shout('hello')).toBe('HELLO!');
});

test('stamp is a day', () => {
  expect(stamp(new Date('2024-05-06T07:08:09Z'))).toBe('2024-05-06');
});
