-- What a session could reach, and what it tried to reach and could not (R-SEC-6). Null: of a session of an older version,
-- or of one that has not started.
alter table sessions
  add column egress text check (egress in ('none', 'gateway', 'listed', 'open')),
  add column refused jsonb;
