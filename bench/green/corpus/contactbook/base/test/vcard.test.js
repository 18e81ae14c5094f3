const fs = require('node:fs');
const path = require('node:path');
const { fromVcard, toVcard } = require('..');

test('writes', () => {
  expect(toVcard({ name: 'Ada', phone: '1', email: 'a@x' })).toBe(
    'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nTEL:1\r\nEMAIL:a@x\r\nEND:VCARD',
  );
});

const dir = path.join(__dirname, 'cards');
for (const file of fs.readdirSync(dir).filter((f) => f.endsWith('.vcf'))) {
  test(`reads ${file}`, () => {
    const expected = JSON.parse(fs.readFileSync(path.join(dir, file.replace('.vcf', '.json')), 'utf8'));
    expect(fromVcard(fs.readFileSync(path.join(dir, file), 'utf8'))).toEqual(expected);
  });
}
