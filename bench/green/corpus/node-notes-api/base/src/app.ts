import type { Note, NoteStore } from './note-store.ts';

const problem = (status: number, title: string) => Response.json({ title }, { status });

const etag = ({ version }: Note) => '"' + version + '"';

const reply = (note: Note, status = 200) => Response.json(note, { status, headers: { etag: etag(note) } });

async function textOf(request: Request): Promise<string | undefined> {
  const body = (await request.json().catch(() => undefined)) as { text?: unknown } | undefined;
  return typeof body?.text === 'string' ? body.text : undefined;
}

export async function handle(request: Request, store: NoteStore): Promise<Response> {
  const [, root, id] = new URL(request.url).pathname.split('/');
  if (root !== 'notes') return problem(404, 'no such path');

  if (!id) {
    if (request.method === 'GET') return Response.json(store.all());
    if (request.method !== 'POST') return problem(405, 'GET or POST');
    const text = await textOf(request);
    return text === undefined ? problem(422, 'text is missing') : reply(store.create(text), 201);
  }

  const note = store.find(id);
  if (!note) return problem(404, 'no such note');
  if (request.method === 'GET') return reply(note);
  if (request.method !== 'PUT') return problem(405, 'GET or PUT');
  const text = await textOf(request);
  if (text === undefined) return problem(422, 'text is missing');
  return reply(store.update(note, text));
}
