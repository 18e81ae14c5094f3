-- Which data directory a session belongs to: two machines can have one name, one after the other, and neither may take the
-- other's processes for its own (R-SES-1). Empty: an older version started it.
alter table sessions add column machine text not null default '';

-- A sign-in for one command ends soon after its last request. A command that is killed signs nobody out, and such sign-ins must
-- not push out a person's browsers.
alter table web_sessions add column is_brief boolean not null default false;
