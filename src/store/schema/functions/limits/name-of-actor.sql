-- The name under which limits count an actor: 'ada' for 'human:ada'. Null for Moose itself, which has no limit of a person.
create or replace function name_of_actor(p_actor text) returns text language sql immutable as $$
  select case when p_actor like 'human:%' then nullif(substr(p_actor, 7), '')
    when p_actor like 'moose%' then null else nullif(p_actor, '') end
$$;
