import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address, parse, readSettings } from '../src/settings.ts';

test('values are trimmed', () => {
  assert.deepEqual(parse('host = a\nport= 1'), { host: 'a', port: '1' });
});

test('the port is a number', () => {
  assert.equal(readSettings('port=8080').port, 8080);
});

test('there is a default', () => {
  assert.deepEqual(readSettings(''), { host: 'localhost', port: 80 });
});

test('an address has its port', () => {
  assert.equal(address({ host: 'a', port: 1 }), 'a:1');
});
