-- The name of a process in the queue: whoever takes over its work returns the messages that it had in its hands. Null: it
-- has none yet.
alter table executors add column queue_worker text;

-- What a dead process has left.
create index runs_held on runs (executor) where state = 'running' and executor is not null;

-- The queue has a bell of its own.
drop trigger runs_ring_queue on runs;
drop function ring_queue();

-- The queue before. Its open legs are begun again, because the runs say which they are: no Moose of an older version runs now.
drop schema if exists moose_dbos cascade;
