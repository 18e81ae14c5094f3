create or replace function is_of_past_day(at timestamptz) returns boolean language sql volatile
  return at < date_trunc('day', clock_timestamp(), 'UTC');
