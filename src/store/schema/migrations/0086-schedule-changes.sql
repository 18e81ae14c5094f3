-- What people changed about a schedule, with the old and the new values; part of its history.

create table schedule_changes (
  id bigint generated always as identity primary key,
  schedule_id uuid not null references schedules (id),
  changed_at timestamptz not null default clock_timestamp(),
  changed_by text not null,
  -- Each changed field, with its value before and after.
  fields jsonb not null check (jsonb_typeof(fields) = 'array' and fields <> '[]'::jsonb)
);
create index schedule_changes_schedule on schedule_changes (schedule_id, id desc);
