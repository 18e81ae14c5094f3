export interface Note {
  id: string;
  text: string;
  version: number;
}

export class NoteStore {
  private readonly notes = new Map<string, Note>();

  create(text: string): Note {
    const note = { id: 'n' + (this.notes.size + 1), text, version: 1 };
    this.notes.set(note.id, note);
    return note;
  }

  find(id: string): Note | undefined {
    return this.notes.get(id);
  }

  update(note: Note, text: string): Note {
    const next = { ...note, text, version: note.version + 1 };
    this.notes.set(note.id, next);
    return next;
  }

  all(): Note[] {
    return [...this.notes.values()];
  }
}
