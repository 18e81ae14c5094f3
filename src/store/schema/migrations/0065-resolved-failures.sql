-- Targets per failure class read a month of resolved failures: from this index alone.
create index error_events_resolved on error_events (resolved_at)
  include (failure_class, recovery_success, resolution_time_ms) where resolved_at is not null;
