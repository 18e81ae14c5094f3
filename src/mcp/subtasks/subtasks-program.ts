// The server inside an agent's session through which it asks for sub-tasks: `node subtasks-program.ts ASKED ANSWERED`. It
// decides nothing: it writes requests into one folder, and reads Moose's answers in the other one.
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { serveSubtasks } from './serve-subtasks.ts';

const [asked, answered] = process.argv.slice(2);
if (asked === undefined || answered === undefined)
  throw new TypeError('Usage: subtasks-program.ts ASKED ANSWERED');
const server = await serveSubtasks({ asked, answered }, new StdioServerTransport());
process.stdin.once('end', () => void server.close());
