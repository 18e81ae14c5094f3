-- What a process that carries runs tells of itself, so that people see which machine takes which work (R-DIST-3). Since when
-- it drains: it takes no more work, and is about to end.
alter table executors add column labels text[] not null default '{}';
alter table executors add column draining_since timestamptz;
