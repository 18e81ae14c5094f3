-- Every process that may print a value learns it, so that it can hide it.
create or replace function project_variables_tell() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_settings', 'project_variables');
  return null;
end $$;
