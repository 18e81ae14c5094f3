'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { DEFAULTS, SettingsError, load } = require('../lib/settings');

function folder(json) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'settings-'));
  if (json !== undefined) fs.writeFileSync(path.join(dir, 'settings.json'), json);
  return dir;
}

test('without a file there are the defaults', () => {
  assert.deepEqual(load({ dir: folder(), env: {} }), DEFAULTS);
});

test('the file is over the defaults', () => {
  const settings = load({ dir: folder('{"log": {"level": "debug"}}'), env: {} });
  assert.deepEqual(settings.log, { level: 'debug', pretty: false });
});

test('variables are over the file', () => {
  const dir = folder('{"log": {"level": "debug"}}');
  const settings = load({ dir, env: { APP_LOG__LEVEL: 'warn', HOME: '/root' } });
  assert.equal(settings.log.level, 'warn');
  assert.equal(settings.home, undefined);
});

test('plugins of the file are added', () => {
  assert.deepEqual(load({ dir: folder('{"plugins": ["mail"]}'), env: {} }).plugins, ['core', 'mail']);
});

test('a broken file is an error', () => {
  assert.throws(() => load({ dir: folder('{'), env: {} }), SyntaxError);
});

test('ports have a range', async (t) => {
  for (const port of ['0', '65536', 'http']) {
    await t.test(port, () => {
      assert.throws(() => load({ dir: folder(), env: { APP_PORT: port } }), SettingsError);
    });
  }
});
