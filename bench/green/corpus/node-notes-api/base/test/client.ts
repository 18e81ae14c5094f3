import { handle } from '../src/app.ts';
import { NoteStore } from '../src/note-store.ts';

export interface Answer {
  status: number;
  etag: string | null;
  body: any;
}

/** Talks to the app without a socket. */
export class Client {
  private readonly store = new NoteStore();

  async send(method: string, path: string, text?: unknown, ifMatch?: string | null): Promise<Answer> {
    const request = new Request('http://notes.test' + path, {
      method,
      headers: ifMatch ? { 'if-match': ifMatch } : {},
      ...(text === undefined ? {} : { body: JSON.stringify({ text }) }),
    });
    const response = await handle(request, this.store);
    return { status: response.status, etag: response.headers.get('etag'), body: await response.json() };
  }
}
