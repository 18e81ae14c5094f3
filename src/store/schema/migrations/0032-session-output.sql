-- What sessions printed, without secrets, so that every server reads it whichever machine it was printed on (R-DIST-3).
-- The files on that machine stay the whole; here is the newest part of each stream, in chunks.
create table session_output (
  session_id uuid not null references sessions on delete cascade,
  stream text not null check (stream in ('stdout', 'stderr')),
  -- Offsets in the file, in bytes; the text may be longer or shorter, because secrets are replaced in it.
  start_byte bigint not null check (start_byte >= 0),
  end_byte bigint not null,
  text text not null check (octet_length(text) <= 1048576),
  primary key (session_id, stream, start_byte),
  check (end_byte > start_byte)
);
