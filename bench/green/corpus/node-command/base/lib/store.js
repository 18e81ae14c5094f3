'use strict';
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
