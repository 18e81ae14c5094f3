-- What one machine cannot do is left to another, and what it left behind when it went is its own to clear.

-- A run whose repository the machines that took it up do not have: since when, which they were, and how often it was left.
alter table runs
  add column declined_since timestamptz,
  add column declined_by text[] not null default '{}',
  add column declines integer not null default 0;

-- A process on a machine whose work another machine has taken over: it may live, and only its own machine can tell.
alter table sessions add column unreachable_since timestamptz;
create index sessions_unreachable on sessions (host) where unreachable_since is not null;
