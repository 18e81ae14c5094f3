-- The processes that carry runs. Each says every few seconds that it is there. The lock that it holds is free when it has
-- died; one that stands still, or whose machine or network is gone, holds it on, and is told by its silence.
create table executors (
  id text primary key,
  host text not null,
  -- Of the machine; and the server's process for the connection that holds its locks.
  pid integer not null,
  lock_backend integer not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  beats bigint not null default 0,
  -- How often others have taken its work over: one that finds more than it knew of has been silent, and carries nothing.
  takeovers integer not null default 0,
  taken_over_at timestamptz,
  ended_at timestamptz
);
