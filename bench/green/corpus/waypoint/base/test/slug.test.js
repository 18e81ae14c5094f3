import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slugify } from '../src/slug.js'

test('words', () => {
  assert.equal(slugify('Hello, World!'), 'hello-world')
})

test('no dashes at the ends', () => {
  assert.equal(slugify('  (draft) '), 'draft')
})
