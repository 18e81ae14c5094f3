-- Once accepted or revoked, an invite stays so, whoever writes.
create or replace function invites_end_once() returns trigger language plpgsql as $$
begin
  if old.accepted_at is not null or old.revoked_at is not null then
    raise exception 'An invite that is accepted or revoked never changes' using errcode = 'MS004';
  end if;
  return new;
end $$;
