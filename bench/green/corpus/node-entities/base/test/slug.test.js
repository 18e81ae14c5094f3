import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slug } from '../src/slug.js';

test('words with dashes', () => assert.equal(slug('  Hello, World! '), 'hello-world'));
test('accents go', () => assert.equal(slug('Crème br&ucirc;l&eacute;e'), 'creme-br-ucirc-lee'));
test('another separator', () => assert.equal(slug('a b', { separator: '_' }), 'a_b'));
test('nothing left', () => assert.equal(slug('!?'), ''));
