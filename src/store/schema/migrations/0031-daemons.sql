-- Services: programs of a project that run beside its agent and its checks, as sessions (R-PROJ-4).
alter table sessions drop constraint sessions_purpose_check;
alter table sessions add constraint sessions_purpose_check check (purpose in ('agent', 'check', 'service'));

-- Since when it is ready; null: not yet, or it is no service.
alter table sessions add column ready_at timestamptz;
-- The address that people open to see it.
alter table sessions add column preview_url text;
