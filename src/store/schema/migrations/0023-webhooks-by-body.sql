-- A forge signs the body of a webhook, not its headers: the same body under another delivery id or event name is the same
-- delivery (R-SEN-1). Rows from before this have none.
alter table webhook_deliveries add column body_sha256 bytea;
create unique index webhook_deliveries_body on webhook_deliveries (source, body_sha256);
