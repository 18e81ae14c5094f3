import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Router } from '../src/router.js'

const router = new Router()
  .add('GET', '/', () => ({ status: 200, body: 'home' }))
  .add('GET', '/files/:name', ({ params }) => ({ status: 200, body: params.name }))
  .add('GET', '/files/:name/raw', ({ params }) => ({ status: 200, body: `raw ${params.name}` }))

test('literal route', async () => {
  assert.deepEqual(await router.handle({ method: 'GET', path: '/' }), { status: 200, body: 'home' })
})

test('parameters', () => {
  assert.deepEqual(router.match('GET', '/files/a.txt').params, { name: 'a.txt' })
})

test('an encoded slash does not split a segment', () => {
  const found = router.match('GET', '/files/a%2Fraw')
  assert.ok(found)
  assert.deepEqual(Object.keys(found.params), ['name'])
  assert.equal(router.match('GET', '/files/a%2Fb%2Fraw').handler, found.handler)
})

test('unknown path', async () => {
  assert.equal((await router.handle({ method: 'GET', path: '/nowhere' })).status, 404)
})

test('other method', () => {
  assert.equal(router.match('POST', '/'), null)
})
