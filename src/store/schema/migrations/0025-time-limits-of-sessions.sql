-- Until when a process may run stands with it: the setting that it was started under may have changed since (R-PIPE-13).
alter table sessions add column time_limit_ms integer;

-- Who waits in the queue, and behind how many.
create index runs_queued on runs (created_at) where state = 'running' and executor is null;
