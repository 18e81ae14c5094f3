-- Who is expected to answer a question, since when, and who was before (R-ESC-7).

alter table escalations
  add column owner text,
  add column owned_since timestamptz,
  add column owners jsonb not null default '[]',
  add constraint escalations_owner_since check ((owner is null) = (owned_since is null)),
  add constraint escalations_owners_list check (jsonb_typeof(owners) = 'array');

create index escalations_open_of_owner on escalations (owner) where status in ('open', 'chosen');
