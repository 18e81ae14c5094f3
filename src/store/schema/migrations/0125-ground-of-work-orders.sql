-- What has changed around a work order is shown in each list of work orders.
create index work_order_events_ground on work_order_events (work_order_id, id) where kind = 'ground.changed';
