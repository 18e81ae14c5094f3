import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateWindow } from '../src/window.js'

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

test('limits the hits', () => {
  const window = new RateWindow(2, 1000)
  assert.deepEqual([window.hit(), window.hit(), window.hit()], [true, true, false])
})

test('old hits are forgotten', async () => {
  const window = new RateWindow(1, 200)
  assert.equal(window.hit(), true)
  await pause(100)
  assert.equal(window.hit(), false)
  await pause(200)
  assert.equal(window.hit(), true)
})
