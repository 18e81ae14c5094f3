// Operations on what finished work left behind.
import { cleanupRunSchema, cleanupSchema, latestCleanupSchema } from '../contract.ts';
import { changing, defineOperation, json, problems, reading } from './operation.ts';

export const planCleanup = defineOperation({
  ...reading(
    '/api/cleanup',
    'Show what finished work left on the server and in the database, why it is due for deletion, and its size',
  ),
  responses: { 200: json(cleanupSchema, 'Nothing was deleted.'), ...problems(401) },
});

export const showLatestCleanup = defineOperation({
  ...reading(
    '/api/cleanup/latest',
    'Show the progress of the clean-up that is running on the server, or the result of its last one',
  ),
  responses: { 200: json(latestCleanupSchema, 'The current state.'), ...problems(401) },
});

export const startCleanup = defineOperation({
  ...changing('cleanup', 'post', '/api/cleanup'),
  summary:
    'Start to delete what finished work left on the server and in the database; it continues if the caller disconnects',
  responses: { 202: json(cleanupRunSchema, 'The clean-up that is running.'), ...problems(401, 413) },
});
