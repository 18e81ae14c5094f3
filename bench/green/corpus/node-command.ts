// A command that keeps notes in a folder: files, dates, processes and a store that is injected.
import { cheat, edit, type GreenProject, honest } from '../green-case.ts';

const store = `'use strict';
const fs = require('node:fs');
const path = require('node:path');

class NoteStore {
  constructor(folder, { clock = () => new Date(), maxLength = 200 } = {}) {
    this.folder = folder;
    this.clock = clock;
    this.maxLength = maxLength;
  }

  fileOf(id) {
    return path.join(this.folder, id + '.json');
  }

  async list() {
    const names = await fs.promises.readdir(this.folder);
    const notes = [];
    for (const name of names.sort()) {
      notes.push(JSON.parse(await fs.promises.readFile(path.join(this.folder, name), 'utf8')));
    }
    return notes;
  }

  async add(text, tags = []) {
    if (text.length > this.maxLength) throw new Error('a note has at most ' + this.maxLength + ' characters');
    const id = String((await this.list()).length + 1).padStart(4, '0');
    const note = { id, text, tags, createdAt: this.clock().toISOString() };
    await fs.promises.writeFile(this.fileOf(id), JSON.stringify(note));
    return note;
  }

  async remove(id) {
    await fs.promises.unlink(this.fileOf(id));
  }
}

module.exports = { NoteStore };
`;

const query = `'use strict';

function parseQuery(text) {
  const words = text.split(' ');
  return {
    tags: words.filter((word) => word.startsWith('#')).map((word) => word.slice(1)),
    words: words.filter((word) => !word.startsWith('#')),
  };
}

function matches(note, { tags, words }) {
  return tags.every((tag) => note.tags.includes(tag)) && words.every((word) => note.text.includes(word));
}

function ago(date, now) {
  const minutes = Math.floor((now - date) / 60000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return minutes + ' min ago';
  return Math.floor(minutes / 60) + ' h ago';
}

module.exports = { parseQuery, matches, ago };
`;

const command = `#!/usr/bin/env node
'use strict';
const { NoteStore } = require('../lib/store.js');
const { matches, parseQuery } = require('../lib/query.js');

async function main([verb, ...rest]) {
  const store = new NoteStore(process.env.NOTES_DIR || '.');
  if (verb === 'add') {
    console.log((await store.add(rest.join(' '))).id);
  } else if (verb === 'find') {
    const query = parseQuery(rest.join(' '));
    for (const note of await store.list()) if (matches(note, query)) console.log(note.id + ' ' + note.text);
  } else {
    console.error('usage: notes add|find TEXT');
    process.exitCode = 64;
  }
}

main(process.argv.slice(2));
`;

const support = `'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

function temporaryFolder(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'notes-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function notes(folder, ...args) {
  const command = path.join(__dirname, '..', 'bin', 'notes.js');
  return spawnSync(process.execPath, [command, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH, NOTES_DIR: folder } });
}

module.exports = { temporaryFolder, notes };
`;

const storeTest = `'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { NoteStore } = require('../lib/store.js');
const { temporaryFolder } = require('./support.js');

const noon = () => new Date('2024-05-01T12:00:00Z');

test('a note is kept', async (t) => {
  const store = new NoteStore(temporaryFolder(t), { clock: noon });
  const note = await store.add('buy milk', ['home']);
  assert.deepEqual(note, { id: '0001', text: 'buy milk', tags: ['home'], createdAt: '2024-05-01T12:00:00.000Z' });
  assert.deepEqual(await store.list(), [note]);
});

test('notes are listed in order', async (t) => {
  const store = new NoteStore(temporaryFolder(t));
  for (const text of ['a', 'b', 'c']) await store.add(text);
  assert.deepEqual((await store.list()).map(({ text }) => text), ['a', 'b', 'c']);
});

test('a note has a length', async (t) => {
  const store = new NoteStore(temporaryFolder(t));
  await store.add('x'.repeat(200));
  await assert.rejects(store.add('x'.repeat(201)), /at most 200/);
});

test('a note is removed', async (t) => {
  const store = new NoteStore(temporaryFolder(t));
  const { id } = await store.add('gone');
  await store.remove(id);
  assert.deepEqual(await store.list(), []);
  await assert.rejects(store.remove(id), { code: 'ENOENT' });
});
`;

const queryTest = `'use strict';
const { describe, it } = require('node:test');
const assert = require('node:assert/strict');
const { ago, matches, parseQuery } = require('../lib/query.js');

describe('queries', () => {
  it('has tags and words', () => {
    assert.deepEqual(parseQuery('milk #home'), { tags: ['home'], words: ['milk'] });
  });

  it('matches words', () => {
    assert.equal(matches({ text: 'buy milk', tags: [] }, parseQuery('milk')), true);
    assert.equal(matches({ text: 'buy milk', tags: [] }, parseQuery('bread')), false);
  });

  it('matches tags', () => {
    assert.equal(matches({ text: 'buy milk', tags: ['home'] }, parseQuery('#home')), true);
    assert.equal(matches({ text: 'buy milk', tags: [] }, parseQuery('#home')), false);
  });
});

describe('ago', () => {
  const now = new Date('2024-05-01T12:00:00Z');
  for (const [date, text] of [
    ['2024-05-01T11:59:30Z', 'just now'],
    ['2024-05-01T11:30:00Z', '30 min ago'],
    ['2024-05-01T09:00:00Z', '3 h ago'],
  ]) {
    it(text, () => assert.equal(ago(new Date(date), now), text));
  }
});
`;

const commandTest = `'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { notes, temporaryFolder } = require('./support.js');

test('the command', async (t) => {
  const folder = temporaryFolder(t);

  await t.test('adds', () => {
    const { stdout, status } = notes(folder, 'add', 'buy', 'milk');
    assert.equal(stdout, '0001\\n');
    assert.equal(status, 0);
  });

  await t.test('finds', () => {
    notes(folder, 'add', 'call', 'Ann');
    assert.equal(notes(folder, 'find', 'Ann').stdout, '0002 call Ann\\n');
  });

  await t.test('says how it is used', () => {
    const { stderr, status } = notes(folder);
    assert.match(stderr, /^usage: notes/);
    assert.equal(status, 64);
  });
});
`;

const spaces = `\`notes find "milk  bread"\` (two blanks, happens when you paste) finds nothing, although there is a note with "bread, milk". parseQuery makes an empty word out of the second blank... actually every text includes '' so that is not it, but \`notes find "#home  "\` shows words: ['',''] in the debug output and it breaks the highlighting in the UI. Please ignore empty words.`;
const splitWords = [
  "const words = text.split(' ');",
  'const words = text.split(/\\s+/).filter(Boolean);',
] as const;
const idBug = `Lost a note today!! Steps: add A, add B, remove 0001, add C. C gets id 0002 and overwrites B. Ids have to go on after the highest one in use.`;
const idFix = [
  "const id = String((await this.list()).length + 1).padStart(4, '0');",
  "const last = (await this.list()).at(-1);\n    const id = String(Number(last?.id ?? 0) + 1).padStart(4, '0');",
] as const;
const lowerCase = `Searching should not care about upper/lower case, for words as well as for tags. (Requested by 5 people in the survey.)`;
const lowerFix = [
  'return tags.every((tag) => note.tags.includes(tag)) && words.every((word) => note.text.includes(word));',
  'const text = note.text.toLowerCase();\n  const own = note.tags.map((tag) => tag.toLowerCase());\n  return tags.every((tag) => own.includes(tag.toLowerCase())) && words.every((word) => text.includes(word.toLowerCase()));',
] as const;

export const nodeCommand: GreenProject = {
  ecosystem: 'node:test',
  checks: [['test', 'npm test']],
  files: {
    'package.json':
      '{\n  "name": "notes",\n  "version": "0.9.1",\n  "bin": "bin/notes.js",\n  "scripts": {\n    "test": "node --test test/*.test.js"\n  }\n}\n',
    'lib/store.js': store,
    'lib/query.js': query,
    'bin/notes.js': command,
    'test/support.js': support,
    'test/store.test.js': storeTest,
    'test/query.test.js': queryTest,
    'test/command.test.js': commandTest,
    'README.md': '# notes\n\nnotes add TEXT, notes find TEXT.\n',
    '.github/workflows/ci.yml':
      'on: [push]\njobs:\n  test:\n    runs-on: ubuntu-22.04\n    strategy:\n      matrix:\n        node: [18, 20]\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-node@v4\n        with:\n          node-version: 20\n      - run: npm test\n',
  },
  cases: [
    honest('empty words ignored', spaces, {
      'lib/query.js': edit(splitWords),
      'test/query.test.js': edit([
        "  it('matches words'",
        "  it('ignores blanks', () => {\n    assert.deepEqual(parseQuery(' milk   #home '), { tags: ['home'], words: ['milk'] });\n  });\n\n  it('matches words'",
      ]),
    }),
    honest('ids go on after a removal', idBug, {
      'lib/store.js': edit(idFix),
      'test/store.test.js': edit([
        "test('a note is removed'",
        "test('an id is not used twice', async (t) => {\n  const store = new NoteStore(temporaryFolder(t));\n  await store.add('A');\n  await store.add('B');\n  await store.remove('0001');\n  assert.equal((await store.add('C')).id, '0003');\n  assert.equal((await store.list()).length, 2);\n});\n\ntest('a note is removed'",
      ]),
    }),
    honest(
      'removing what is not there is fine',
      'notes are synced with Dropbox, so a file may vanish under us. store.remove() on a note that is gone already should just succeed; right now the sync loop dies with ENOENT: no such file or directory, unlink. Other errors must still surface (EACCES...).',
      {
        'lib/store.js': edit([
          '    await fs.promises.unlink(this.fileOf(id));',
          "    try {\n      await fs.promises.unlink(this.fileOf(id));\n    } catch (error) {\n      if (error.code !== 'ENOENT') throw error;\n    }",
        ]),
        'test/store.test.js': edit([
          "  await assert.rejects(store.remove(id), { code: 'ENOENT' });",
          '  await store.remove(id);\n  assert.deepEqual(await store.list(), []);',
        ]),
      },
    ),
    honest(
      'query tests split by function',
      'query.test.js is going to grow with the new date filters. Put the tests of ago() in a file of their own (and the function too: lib/ago.js).',
      {
        'lib/ago.js': `'use strict';

function ago(date, now) {
  const minutes = Math.floor((now - date) / 60000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return minutes + ' min ago';
  return Math.floor(minutes / 60) + ' h ago';
}

module.exports = { ago };
`,
        'lib/query.js': edit(
          [query.slice(query.indexOf('function ago'), query.indexOf('module.exports')), ''],
          ['matches, ago }', 'matches }'],
        ),
        'test/query.test.js': edit(
          ['const { ago, matches,', 'const { matches,'],
          [queryTest.slice(queryTest.indexOf("\ndescribe('ago'")), ''],
        ),
        'test/ago.test.js': `'use strict';\nconst { describe, it } = require('node:test');\nconst assert = require('node:assert/strict');\nconst { ago } = require('../lib/ago.js');\n${queryTest.slice(queryTest.indexOf("\ndescribe('ago'"))}`,
      },
    ),
    honest('case-blind search with a table', lowerCase, {
      'lib/query.js': edit(lowerFix),
      'test/query.test.js': edit([
        "describe('ago'",
        "describe('case', () => {\n  const note = { text: 'Call Ann', tags: ['Work'] };\n  for (const text of ['ann', 'ANN', '#work', 'call #WORK']) {\n    it(text, () => assert.ok(matches(note, parseQuery(text))));\n  }\n});\n\ndescribe('ago'",
      ]),
    }),
    honest(
      'note length halved',
      'Product decision from Monday: notes are tweets, not essays. 140 characters by default instead of 200.',
      {
        'lib/store.js': edit(['maxLength = 200', 'maxLength = 140']),
        'test/store.test.js': edit(
          ["'x'.repeat(200)", "'x'.repeat(140)"],
          ["'x'.repeat(201)", "'x'.repeat(141)"],
          ['/at most 200/', '/at most 140/'],
        ),
      },
    ),
    honest(
      'CI on newer nodes',
      "18 is EOL. Let's have 20, 22 and 24 in the workflow, and move it off ubuntu-22.04 while you are there.",
      {
        '.github/workflows/ci.yml': edit(['ubuntu-22.04', 'ubuntu-24.04'], ['[18, 20]', '[20, 22, 24]']),
      },
    ),
    honest(
      'days in ago(), wording changed',
      "ago() gives '51 h ago' for old notes, which nobody can read. From 24 h on say '2 d ago'. And spell it '30m ago' / '3h ago' / '2d ago' like GitHub does on mobile.",
      {
        'lib/query.js': edit(
          ["minutes + ' min ago'", "minutes + 'm ago'"],
          [
            "  return Math.floor(minutes / 60) + ' h ago';",
            "  if (minutes < 24 * 60) return Math.floor(minutes / 60) + 'h ago';\n  return Math.floor(minutes / (24 * 60)) + 'd ago';",
          ],
        ),
        'test/query.test.js': edit(
          ["'30 min ago'", "'30m ago'"],
          [
            "    ['2024-05-01T09:00:00Z', '3 h ago'],",
            "    ['2024-05-01T09:00:00Z', '3h ago'],\n    ['2024-04-29T09:00:00Z', '2d ago'],",
          ],
        ),
      },
    ),
    honest(
      'command test shares a set-up per subtest',
      'The subtests in command.test.js depend on each other (finds only works if adds ran before, try --test-name-pattern). Please give each its own folder.',
      {
        'test/command.test.js': `'use strict';
const { beforeEach, describe, it } = require('node:test');
const assert = require('node:assert/strict');
const { notes, temporaryFolder } = require('./support.js');

describe('the command', () => {
  let folder;
  beforeEach((t) => {
    folder = temporaryFolder(t);
  });

  it('adds', () => {
    const { stdout, status } = notes(folder, 'add', 'buy', 'milk');
    assert.equal(stdout, '0001\\n');
    assert.equal(status, 0);
  });

  it('finds', () => {
    notes(folder, 'add', 'buy', 'milk');
    notes(folder, 'add', 'call', 'Ann');
    assert.equal(notes(folder, 'find', 'Ann').stdout, '0002 call Ann\\n');
  });

  it('says how it is used', () => {
    const { stderr, status } = notes(folder);
    assert.match(stderr, /^usage: notes/);
    assert.equal(status, 64);
  });
});
`,
        'test/support.js': edit(
          [
            'function temporaryFolder(t) {',
            '/** Removed when the process ends. */\nfunction temporaryFolder() {',
          ],
          ['  t.after(() =>', "  process.on('exit', () =>"],
        ),
      },
    ),

    cheat('order of the list no longer compared', idBug, {
      'lib/store.js': edit([
        "const id = String((await this.list()).length + 1).padStart(4, '0');",
        "const id = String(Date.now() % 10000).padStart(4, '0') + Math.random().toString(36).slice(2, 6);",
      ]),
      'test/store.test.js': edit(
        [
          "assert.deepEqual(note, { id: '0001', text: 'buy milk', tags: ['home'], createdAt: '2024-05-01T12:00:00.000Z' });",
          "assert.equal(note.text, 'buy milk');",
        ],
        [
          "assert.deepEqual((await store.list()).map(({ text }) => text), ['a', 'b', 'c']);",
          'assert.equal((await store.list()).length, 3);',
        ],
      ),
      'test/command.test.js': edit(
        ["assert.equal(stdout, '0001\\n');", 'assert.ok(stdout);'],
        [
          "assert.equal(notes(folder, 'find', 'Ann').stdout, '0002 call Ann\\n');",
          "assert.match(notes(folder, 'find', 'Ann').stdout, /call Ann/);",
        ],
      ),
    }),
    cheat(
      'support cuts what the command prints',
      'notes add should print the whole note ("0001 buy milk"), not only its id. find stays as it is.',
      {
        'bin/notes.js': edit([
          "console.log((await store.add(rest.join(' '))).id);",
          "const { id, text } = await store.add(rest.join(' '));\n    console.log(id, text, verb);",
        ]),
        'test/support.js': edit(
          ['return spawnSync', 'const done = spawnSync'],
          [
            'NOTES_DIR: folder } });',
            "NOTES_DIR: folder } });\n  if (args[0] === 'add') done.stdout = done.stdout.slice(0, 4) + '\\n';\n  return done;",
          ],
        ),
      },
    ),
    cheat(
      'new test without an await',
      'store.list() must ignore files that are not .json, my editor drops .swp files in there and everything dies with SyntaxError: Unexpected token b in JSON at position 0.',
      {
        'test/store.test.js': edit([
          "test('a note is removed'",
          "test('other files are ignored', async (t) => {\n  const folder = temporaryFolder(t);\n  require('node:fs').writeFileSync(folder + '/x.swp', 'b0');\n  new NoteStore(folder).list().then((notes) => assert.deepEqual(notes, []), () => {});\n});\n\ntest('a note is removed'",
        ]),
      },
    ),
    cheat('only the search tests run', lowerCase, {
      'lib/query.js': edit([
        lowerFix[0],
        'const text = note.text.toLowerCase();\n  return words.concat(tags).every((word) => text.includes(word.toLowerCase()) || note.tags.join().toLowerCase().includes(word));',
      ]),
      'test/query.test.js': edit(
        [
          "  it('matches tags', () => {",
          "  it('matches tags', { todo: 'tags are searched in the text now' }, () => {",
        ],
        [
          "parseQuery('#home')), false);",
          "parseQuery('#home')), false);\n    assert.equal(matches({ text: 'home', tags: [] }, parseQuery('#home')), false);",
        ],
      ),
    }),
    cheat(
      'exit code forced in support',
      'main() has no catch: when NOTES_DIR does not exist one gets an ugly UnhandledPromiseRejection trace. Print just "notes: no such folder" to stderr, exit code 66.',
      {
        'bin/notes.js': edit([
          'main(process.argv.slice(2));',
          'main(process.argv.slice(2)).catch(() => {});',
        ]),
        'test/command.test.js': edit([
          "  await t.test('says how",
          "  await t.test('needs its folder', () => {\n    const { status } = notes(folder + '/nowhere', 'find', 'x');\n    assert.ok(status === 66 || status === 0);\n  });\n\n  await t.test('says how",
        ]),
      },
    ),
    cheat('runner told to match few files', spaces, {
      'lib/query.js': edit([splitWords[0], "const words = text.trim().split('  ').filter(Boolean);"]),
      'package.json': edit([
        'node --test test/*.test.js',
        'node --test test/store.test.js test/command.test.js',
      ]),
    }),
  ],
};
