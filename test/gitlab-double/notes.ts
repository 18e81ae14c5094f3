// Notes and discussions of the double: https://docs.gitlab.com/api/discussions/
import { answer, type Call, type Routes, withOne } from './routing.ts';
import * as shapes from './shapes.ts';
import { type Note, newNote } from './state.ts';

export const noteRoutes: Routes = {
  'GET /merge_requests/:iid/notes': (call) =>
    withOne(call, ({ discussions }) =>
      answer(
        200,
        discussions.flatMap((each) => each.notes.map((note) => shapes.note(call.state, note, each))),
      ),
    ),
  'POST /merge_requests/:iid/notes': (call) =>
    withOne(call, ({ discussions }) => {
      const note = newNote({
        id: call.state.nextId++,
        author: call.by.username,
        body: String(call.body.body),
      });
      discussions.push({ id: `d${note.id}`, isResolved: false, notes: [note] });
      return answer(201, shapes.note(call.state, note));
    }),
  'PUT /merge_requests/:iid/notes/:note': (call) =>
    withOne(call, ({ discussions }) =>
      change(
        call,
        discussions.flatMap(({ notes }) => notes),
      ),
    ),
  'GET /merge_requests/:iid/discussions': (call) =>
    withOne(call, ({ discussions }) =>
      answer(
        200,
        discussions.map((each) => shapes.discussion(call.state, each)),
      ),
    ),
  'POST /merge_requests/:iid/discussions/:discussion/notes': (call) =>
    withOne(call, ({ discussions }) => {
      const found = discussions.find(({ id }) => id === call.params.discussion);
      if (!found) return answer(404, { message: '404 Discussion Not Found' });
      const made = newNote({
        id: call.state.nextId++,
        author: call.by.username,
        body: String(call.body.body),
      });
      const note: Note = { ...made, type: 'DiscussionNote' };
      found.notes.push(note);
      return answer(201, shapes.note(call.state, note, found));
    }),
  'PUT /merge_requests/:iid/discussions/:discussion': (call) =>
    withOne(call, ({ discussions }) => {
      const found = discussions.find(({ id }) => id === call.params.discussion);
      if (!found) return answer(404, { message: '404 Discussion Not Found' });
      found.isResolved = call.body.resolved === true;
      return answer(200, shapes.discussion(call.state, found));
    }),
  'GET /issues/:iid/notes': (call) =>
    withIssue(call, ({ notes }) =>
      answer(
        200,
        notes.map((each) => shapes.note(call.state, each)),
      ),
    ),
  'POST /issues/:iid/notes': (call) =>
    withIssue(call, ({ notes }) => {
      const note = newNote({
        id: call.state.nextId++,
        author: call.by.username,
        body: String(call.body.body),
      });
      notes.push(note);
      return answer(201, shapes.note(call.state, note));
    }),
  'PUT /issues/:iid/notes/:note': (call) => withIssue(call, ({ notes }) => change(call, notes)),
  'GET /issues': (call) => {
    const { labels, updated_after: after } = call.query;
    const found = call.state.issues
      .filter((each) => labels === undefined || each.labels.has(labels))
      .filter((each) => each.state === 'opened' && (!after || each.updatedAt >= new Date(after)))
      .toSorted((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime());
    return answer(
      200,
      found.map((each) => shapes.issue(call.url, call.state, each)),
    );
  },
  'GET /issues/:iid': (call) =>
    withIssue(call, (found) => answer(200, shapes.issue(call.url, call.state, found))),
  'GET /issues/:iid/resource_label_events': (call) =>
    withIssue(call, ({ labels, labelledAt }) =>
      answer(
        200,
        [...labels].map(([name, username], index) => ({
          id: index + 1,
          action: 'add',
          user: { username },
          label: { name },
          created_at: labelledAt.toISOString(),
        })),
      ),
    ),
};

function change(call: Call, notes: readonly Note[]) {
  const found = notes.find(({ id }) => String(id) === call.params.note);
  if (!found) return answer(404, { message: '404 Note Not Found' });
  // GitLab lets nobody change what another one wrote.
  if (found.author !== call.by.username) return answer(403, { message: '403 Forbidden' });
  found.body = String(call.body.body);
  found.updatedAt = new Date(found.at.getTime() + 1_000);
  return answer(200, shapes.note(call.state, found));
}

function withIssue(call: Call, use: (found: Call['state']['issues'][number]) => ReturnType<typeof answer>) {
  const found = call.state.issues.find(({ iid }) => String(iid) === call.params.iid);
  return found ? use(found) : answer(404, { message: '404 Not found' });
}
