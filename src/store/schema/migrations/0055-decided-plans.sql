-- What the Director has approved, until its work orders are there; and its decisions about a spec.
alter table plannings add column approving_version integer;

create index decision_logs_spec on decision_logs ((input_context ->> 'spec_id'), created_at)
  where agent_type = 'director';
