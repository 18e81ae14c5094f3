-- Which of the groups that rules name a person was in at the last sign-in. The rules are checked at each request, and may
-- have changed since. Null for tokens, and for people who have not signed in since this migration.
alter table api_tokens add column groups text[];
