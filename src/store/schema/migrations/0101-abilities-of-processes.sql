-- What each process that runs work orders can do, so that work that none of them can do is refused at submission.
-- Null: the process does not report it.
alter table executors add column abilities jsonb;
