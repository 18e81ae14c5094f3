import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { renderIndex } from '../src/render.js'

test('index', () => {
  const html = renderIndex([
    { path: '/a', title: 'First page' },
    { path: '/b?x="1"', title: 'Less < more & more' },
  ])
  assert.equal(html, readFileSync(new URL('snapshots/index.html', import.meta.url), 'utf8'))
})
