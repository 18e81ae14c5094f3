const { faxHeader } = require('..');

test('one page', () => expect(faxHeader({ phone: '030 99' }, 1)).toBe('TO +493099'));
test('pages', () => expect(faxHeader({ phone: '+1 55' }, 3)).toBe('TO +155 (3 pages)'));
test('no number', () => expect(() => faxHeader({}, 1)).toThrow('no number'));
