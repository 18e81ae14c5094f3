// Runs the tests of this package: each exports a function, or functions by name, that gets the module and an assertion.
'use strict';
const assert = require('node:assert');
const { readdirSync } = require('node:fs');
const { join, resolve } = require('node:path');

// What needs another package is left out.
const left = new Set(['@@iterator']);
const folders = ['string', 'number', 'math'];
let passed = 0;

const a = (actual, expected, message) => assert.strictEqual(actual, expected, message);
a.deep = (actual, expected, message) => assert.deepEqual(actual, expected, message);
a.not = (actual, expected, message) => assert.notStrictEqual(actual, expected, message);
a.throws = (run, ...more) => assert.throws(run, ...more.filter((each) => each instanceof RegExp));
a.h1 = () => undefined;
a.ok = (value, message) => assert.ok(value, message);

function run(test, name, module) {
  if (typeof test !== 'function') {
    for (const key of Object.keys(test)) run(test[key], `${name} ${key}`, module);
    return;
  }
  try {
    if (test.length < 2) test(a);
    else test(module, a);
    passed += 1;
  } catch (cause) {
    process.stderr.write(`not ok ${name}: ${cause.message}\n`);
    process.exitCode = 1;
  }
}

function walk(folder) {
  for (const entry of readdirSync(resolve('test', folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (left.has(entry.name)) continue;
    if (entry.isDirectory()) walk(path);
    else if (entry.name.endsWith('.js') && !entry.name.startsWith('__')) {
      run(require(resolve('test', path)), path, require(resolve(path)));
    }
  }
}

for (const folder of folders) walk(folder);
process.stdout.write(`${passed} passed\n`);
