-- The limits that were in force for a session, and what it had used when it ended. Null: an older Moose started it, or its
-- machine counted nothing.
alter table sessions add column limits jsonb, add column used jsonb;
