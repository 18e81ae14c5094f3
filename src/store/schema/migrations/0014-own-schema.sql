-- From this version on, Moose's tables are in a schema of their own. Older versions of Moose, which look for them in
-- "public", know by this version that the database is too new for them.
comment on schema moose is 'Tables of Moose. Upgrade them by starting a newer Moose; change them by its commands.';
