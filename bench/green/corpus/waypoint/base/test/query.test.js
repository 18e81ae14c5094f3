import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseQuery } from '../src/query.js'

test('names and values', () => {
  assert.deepEqual(parseQuery('?q=red+car&lang=en'), { q: 'red car', lang: 'en' })
})

test('repeated names', () => {
  assert.deepEqual(parseQuery('tag=a&tag=b&tag=c'), { tag: ['a', 'b', 'c'] })
})
