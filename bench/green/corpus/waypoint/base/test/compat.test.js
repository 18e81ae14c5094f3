import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, structuredCopy } from '../src/compat.js'

test('at', () => {
  assert.equal(at([1, 2, 3], -1), 3)
  assert.equal(at([1, 2, 3], 0), 1)
})

test('copy', () => {
  const source = { a: [1] }
  const copy = structuredCopy(source)
  assert.deepEqual(copy, source)
  assert.notEqual(copy.a, source.a)
})
