#!/usr/bin/env node
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
