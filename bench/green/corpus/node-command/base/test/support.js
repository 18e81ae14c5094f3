'use strict';
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
