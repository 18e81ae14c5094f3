import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retry } from '../src/retry.js'

test('first success is returned', async () => {
  assert.equal(await retry(async () => 7), 7)
})

test('tries again', async () => {
  const seen = []
  const result = await retry(
    async attempt => {
      seen.push(attempt)
      if (attempt < 3) throw new Error('not yet')
      return 'ok'
    },
    { delay: 1 },
  )
  assert.equal(result, 'ok')
  assert.deepEqual(seen, [1, 2, 3])
})

test('gives up with the last error', async () => {
  let calls = 0
  await assert.rejects(
    retry(async () => { throw new Error(`no ${++calls}`) }, { attempts: 2, delay: 1 }),
    /no 2/,
  )
})
