-- What Moose has done about the CI of a pull request (R-SEN-3).
alter table pull_requests
  -- When Moose last pushed to it: checks appear some time after that.
  add column pushed_at timestamptz,
  -- Reruns, failures and updates so far; the shape is in src/engine/sentinel/followed.ts.
  add column followed jsonb not null default '{}' check (jsonb_typeof(followed) = 'object');
