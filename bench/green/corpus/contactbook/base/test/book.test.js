const { Book } = require('..');

test('adds and gets', () => {
  const book = new Book();
  const ada = book.add({ name: 'Ada', phone: '0301234' });
  expect(ada).toEqual({ id: 'c1', name: 'Ada', phone: '0301234', email: null });
  expect(book.get('c1')).toBe(ada);
});

test('the name is needed', () => {
  expect(() => new Book().add({})).toThrow(TypeError);
});

test('finds by a part of the name', () => {
  const book = new Book();
  book.add({ name: 'Ada Lovelace' });
  book.add({ name: 'Grace Hopper' });
  expect(book.find('Hop').map((c) => c.name)).toEqual(['Grace Hopper']);
});
