import { compiler, given, ignoredModules, modified, quietInstall, writtenTest } from './package-checks.ts';
import type { RealPackage } from './real-package.ts';

// The packages are small and well known, contain only text, and change no file modes between the two versions.

const writtenFromDiff = 'written from the difference of the two versions, in the style of a changelog entry';

const bytesTest = writtenTest('bytes', 'unparsable.test.cjs');
const bytes: RealPackage = {
  name: 'bytes',
  earlier: {
    version: '3.1.1',
    integrity:
      'sha512-dWe4nWO/ruEOY7HkUJ5gFt1DCFV9zPRoJr8pV0/ASQermOZjtq8jMjOprC0Kd10GLN+l7xaUPvxzJFWtxGu8Fg==',
  },
  later: {
    version: '3.1.2',
    integrity:
      'sha512-/Nf7TyzTx6S3yRJObOAV7956r8cr2+Oj8AC5dt8wSP3BQAoeX58NoHyCU8P8zGkNXStjTSi6fzO6F0pBdcYbEg==',
  },
  workOrder: {
    title: 'Fix return value for un-parsable strings',
    description:
      'bytes.parse gives NaN for a string that holds no amount, where its documentation promises null. Release as 3.1.2.',
  },
  source: 'title: History.md of 3.1.2; description: from the difference',
  checks: [bytesTest.check],
  failsWith: '"foobar" is not an amount and gives null',
  addedFiles: [bytesTest.file],
  changedFiles: modified('History.md', 'index.js', 'package.json'),
};

const cookieTest = writtenTest('cookie', 'options-order.test.cjs');
const cookie: RealPackage = {
  name: 'cookie',
  earlier: {
    version: '1.1.0',
    integrity:
      'sha512-vXiThu1/rlos7EGu8TuNZQEg2e9TvhH9dmS4T4ZVzB7Ao1agEZ6EG3sn5n+hZRYUgduISd1HpngFzAZiDGm5vQ==',
  },
  later: {
    version: '1.1.1',
    integrity:
      'sha512-ei8Aos7ja0weRpFzJnEA9UHJ/7XQmqglbRwnf2ATjcB9Wq874VKH9kfjjirM6UhU2/E5fFYadylyhFldcqSidQ==',
  },
  workOrder: {
    title: 'Do not let options overwrite name and value',
    description:
      'stringifySetCookie(name, value, options) lets a name or a value in options replace the ones that were passed as arguments. The arguments must win. The built file and its source map in dist change; release as 1.1.1.',
  },
  source: writtenFromDiff,
  checks: [cookieTest.check],
  failsWith: 'options do not replace the name and the value that were asked for',
  addedFiles: [cookieTest.file],
  changedFiles: modified('dist/index.js', 'dist/index.js.map', 'package.json'),
};

const deepmerge: RealPackage = {
  name: 'deepmerge',
  earlier: {
    version: '4.3.0',
    integrity:
      'sha512-z2wJZXrmeHdvYJp/Ux55wIjqo81G5Bp4c+oELTW+7ar6SogWHajt5a9gO3s3IDaGSAXjDk0vlQKN3rms8ab3og==',
  },
  later: {
    version: '4.3.1',
    integrity:
      'sha512-3sUqbMEc77XqpdNO7FRyRog+eW3ph+GYCbj+rK+uYyRMuwsVy0rMiVtPn+QJlKFvWP/1PYpapqYn0Me2knFn+A==',
  },
  workOrder: {
    title: 'Fix type definition for arrayMerge options',
    description:
      'The third argument of arrayMerge is typed as Options, but what it is given is isMergeableObject and cloneUnlessOtherwiseSpecified. Give it a type of its own, ArrayMergeOptions. Release as 4.3.1.',
  },
  source: 'title: changelog.md of 4.3.1; description: from the difference',
  checks: [
    given('typecheck', `${compiler} --noEmit --strict --module nodenext --ignoreConfig test/array-merge.cts`),
  ],
  failsWith: "'cloneUnlessOtherwiseSpecified' does not exist on type 'Options'",
  addedFiles: [{ path: 'test/array-merge.cts', from: { checkFile: 'deepmerge/array-merge.cts.txt' } }],
  changedFiles: [
    { path: '.eslintcache', change: 'added' },
    ...modified('changelog.md', 'index.d.ts', 'package.json', 'readme.md'),
  ],
};

const iconvLiteTest = writtenTest('iconv-lite', 'single-byte.test.cjs');
const iconvLite: RealPackage = {
  name: 'iconv-lite',
  earlier: {
    version: '0.4.18',
    integrity:
      'sha512-sr1ZQph3UwHTR0XftSbK85OvBbxe/abLGzEnPENCQwmHf7sck8Oyu4ob3LgBxWWxRoM+QszeUyl7jbqapu2TqA==',
  },
  later: {
    version: '0.4.19',
    integrity:
      'sha512-oTZqweIP51xaGPI4uPa56/Pri/480R+mo7SeU+YETByQNhDG55ycFyNLIgta9vXhILrxXDmF7ZGhqZIcuN0gJQ==',
  },
  workOrder: {
    title: 'Fixed iso8859-1 codec regression in handling untranslatable characters',
    description:
      'Encoding to iso-8859-1 keeps the low byte of a character that the encoding does not have, in place of a question mark. Re-generate the windows1255 codec too, because it was updated in the iconv project, and fix the grammar of the error message when iconv-lite is loaded with an encoding other than utf8. Release as 0.4.19.',
  },
  source: 'Changelog.md of 0.4.19; first sentence of the description: from the difference',
  checks: [iconvLiteTest.check],
  failsWith: 'iso-8859-1 writes a question mark for what it cannot say',
  addedFiles: [iconvLiteTest.file],
  changedFiles: modified(
    'Changelog.md',
    'encodings/internal.js',
    'encodings/sbcs-data-generated.js',
    'encodings/sbcs-data.js',
    'lib/index.js',
    'package.json',
  ),
};

const iniTest = writtenTest('ini', 'prototype.test.cjs');
const ini: RealPackage = {
  name: 'ini',
  earlier: {
    version: '1.3.5',
    integrity:
      'sha512-RZY5huIKCMRWDUqZlEi72f/lmXKMvuszcMBduliQ3nnWbx9X/ZBQO7DijMEYS9EhHBb2qacRUMtC7svLwe0lcw==',
  },
  later: {
    version: '1.3.6',
    integrity:
      'sha512-IZUoxEjNjubzrmvzZU4lKP7OnYmX72XRl3sqkfJhBKweKi5rnGi5+IUdlj/H1M+Ip5JQ1WzaDMOBRY90Ajc5jg==',
  },
  workOrder: {
    title: 'Do not allow __proto__ as a section name',
    description:
      'Parsing a file with a section called __proto__ writes to Object.prototype (prototype pollution). Keep parsing such a section, but do not attach it; leave out arrays and nested sections of that name as well. Publish by pushing with --follow-tags. Release as 1.3.6.',
  },
  source: writtenFromDiff,
  checks: [iniTest.check],
  failsWith: 'a section named __proto__ does not reach Object.prototype',
  addedFiles: [iniTest.file],
  changedFiles: modified('ini.js', 'package.json'),
};

const kindOfTest = writtenTest('kind-of', 'constructor.test.cjs');
const kindOf: RealPackage = {
  name: 'kind-of',
  earlier: {
    version: '6.0.2',
    integrity:
      'sha512-s5kLOcnH0XqDO+FvuaLX8DDjZ18CGFk7VygH40QoKPUQhW4e2rvM0rwUq0t8IQDOwYSeLK01U90OjzBTme2QqA==',
  },
  later: {
    version: '6.0.3',
    integrity:
      'sha512-dcS1ul+9tmeD95T+x28/ehLgd9mENa3LsvDTtzm3vyBEO7RPptvAD+t44WVXaUjTBRcrpFeFlC8WCruUR456hw==',
  },
  workOrder: {
    title: 'Take the name of a constructor only from a function',
    description:
      'kindOf believes the name in an object of any kind: kindOf({ constructor: { name: "Symbol" } }) is "symbol". Only the name of a constructor that is a function counts. Say so in the changelog. Release as 6.0.3.',
  },
  source: writtenFromDiff,
  checks: [kindOfTest.check],
  failsWith: 'an object with a constructor of its own is an object',
  addedFiles: [kindOfTest.file],
  changedFiles: modified('CHANGELOG.md', 'README.md', 'index.js', 'package.json'),
};

const minimistTest = writtenTest('minimist', 'constructor.test.cjs');
const minimist: RealPackage = {
  name: 'minimist',
  earlier: {
    version: '1.2.5',
    integrity:
      'sha512-FM9nNUYrRBAELZQT3xeZQ7fmMOBg6nWNmJKTcgsJeaLstP/UODVpGsr5OhXhhXg6f+qtJ8uiZ+PUxkDWcgIXLw==',
  },
  later: {
    version: '1.2.6',
    integrity:
      'sha512-Jsjnk4bw3YJqYzbdyBiNsPWHPfO++UGG749Cxs6peCu5Xg4nrena6OVxOYxrQTqww0Jmwt+Ref8rggumkTLz9Q==',
  },
  workOrder: {
    title: 'Security fix: prototype pollution by constructor functions',
    description:
      'A dotted option such as --_.concat.constructor.prototype.y still reaches Function.prototype. Refuse a constructor that is a function as well as __proto__, add the tests, and say in the readme which version is safe. Release as 1.2.6.',
  },
  source: writtenFromDiff,
  checks: [minimistTest.check],
  failsWith: 'a constructor in a dotted option does not reach Function.prototype',
  addedFiles: [minimistTest.file],
  changedFiles: modified('index.js', 'package.json', 'readme.markdown', 'test/proto.js'),
};

const pathToRegexpTest = writtenTest('path-to-regexp', 'backtracking.test.cjs');
const pathToRegexp: RealPackage = {
  name: 'path-to-regexp',
  earlier: {
    version: '0.1.11',
    integrity:
      'sha512-c0t+KCuUkO/YDLPG4WWzEwx3J5F/GHXsD1h/SNZfySqAIKe/BaP95x8fWtOfRJokpS5yYHRJjMtYlXD8jxnpbw==',
  },
  later: {
    version: '0.1.12',
    integrity:
      'sha512-RA1GjUVMnvYFxuqovrEqZoxxW5NUZqbwKtYz/Tt7nXerk0LbLblQmrsgdeOxV5SFHf0UDggjS/bSeOZwt1pmEQ==',
  },
  workOrder: {
    title: 'Improve backtracking protection for multiple parameters in one segment',
    description:
      'A path like /:a-:b still makes a regular expression that backtracks: the text between the two parameters is not remembered, so the second one may swallow the separator, and a long path that almost matches takes quadratic time. Release as 0.1.12.',
  },
  source: writtenFromDiff,
  checks: [pathToRegexpTest.check],
  failsWith: 'a long path that almost matches is refused in linear time',
  addedFiles: [pathToRegexpTest.file],
  changedFiles: modified('index.js', 'package.json'),
};

const postcssTest = writtenTest('postcss', 'carriage-return.test.cjs');
const postcss: RealPackage = {
  name: 'postcss',
  earlier: {
    version: '8.4.30',
    integrity:
      'sha512-7ZEao1g4kd68l97aWG/etQKPKq07us0ieSZ2TnFDk11i0ZfDW2AwKHYU8qv4MZKqN2fdBfg+7q0ES06UA73C1g==',
  },
  later: {
    version: '8.4.31',
    integrity:
      'sha512-PS08Iboia9mts/2ygV3eLpY5ghnUcfLV/EXTOW1E2qYxJKGGBUtNjN76FYHnMs36RmARn41bC0AZmn+rR0OVpQ==',
  },
  workOrder: {
    title: 'Fix parsing of \\r inside brackets',
    description:
      'The tokenizer does not count a carriage return as a line break inside a bracket, so that what a browser reads as a comment is read as part of the bracket, and untrusted styles get past a linter. Release as 8.4.31.',
  },
  source: writtenFromDiff,
  checks: [given('setup', `npm install --omit=dev ${quietInstall}`), postcssTest.check],
  failsWith: 'a carriage return in (~/*) counts as the line break that it is',
  addedFiles: [ignoredModules, postcssTest.file],
  changedFiles: modified('lib/processor.js', 'lib/tokenize.js', 'package.json'),
};

// npm needs half a minute to resolve its development dependencies, even if they are not installed: so its one real
// dependency gets a separate folder.
const regexModules = 'node_modules/.runtime';
const safeRegex2: RealPackage = {
  name: 'safe-regex2',
  earlier: {
    version: '5.1.0',
    integrity:
      'sha512-pNHAuBW7TrcleFHsxBr5QMi/Iyp0ENjUKz7GCcX1UO7cMh+NmVK6HxQckNL1tJp1XAJVjG6B8OKIPqodqj9rtw==',
  },
  later: {
    version: '5.1.1',
    integrity:
      'sha512-mOSBvHGDZMuIEZMdOz/aCEYDCv0E7nfcNsIhUF+/P+xC7Hyf3FkvymqgPbg9D1EdSGu+uKbJgy09K/RKKc7kJA==',
  },
  workOrder: {
    title: 'Look at the alternatives inside a repetition',
    description:
      'safe-regex2 calls (a+|b+)+ safe, because it does not walk the alternatives of a group that is repeated. The test for it is there already and fails. Move the workflow to plugins-ci v6, lock old threads, and use neostandard 0.13. Release as 5.1.1.',
  },
  source: writtenFromDiff,
  checks: [
    given('setup', `npm install --prefix ${regexModules} ${quietInstall} 'ret@~0.5.0'`),
    given('test', `NODE_PATH=${regexModules}/node_modules node --test test/regex.test.js`),
  ],
  failsWith: 'unsafe regex',
  addedFiles: [ignoredModules, { path: 'test/regex.test.js', from: 'later' }],
  changedFiles: [
    { path: '.github/workflows/ci.yml', change: 'modified' },
    { path: '.github/workflows/lock-threads.yml', change: 'added' },
    ...modified('index.js', 'package.json'),
  ],
};

export const realPackages: readonly RealPackage[] = [
  bytes,
  cookie,
  deepmerge,
  iconvLite,
  ini,
  kindOf,
  minimist,
  pathToRegexp,
  postcss,
  safeRegex2,
];
