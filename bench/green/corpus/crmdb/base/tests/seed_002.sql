INSERT INTO customers VALUES (1, 'ada@x.io', 'Ada', '+49 30 123');
INSERT INTO customers VALUES (2, 'Ada@X.io', 'Ada L.', NULL);
INSERT INTO customers VALUES (3, NULL, 'Walk-in', NULL);
INSERT INTO customers VALUES (4, 'bob@x.io', 'Bob', '030/456');
