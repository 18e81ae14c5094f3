-- The project's setup runs before any agent (R-PROJ-3).
alter type work_order_step add value 'preparing' after 'routing';
