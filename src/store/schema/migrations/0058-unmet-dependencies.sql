-- Dependencies that are not met are few; those that are met stay for ever. A job looks for the first every two seconds.
create index work_order_dependencies_unmet on work_order_dependencies (depends_on) where met_at is null;
