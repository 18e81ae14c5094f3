-- When the row of a failure was written. The failure itself is older: its process ended, or its call failed, before that.
alter table error_events add column recorded_at timestamptz;
alter table error_events alter column recorded_at set default clock_timestamp();
