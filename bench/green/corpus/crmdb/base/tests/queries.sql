SELECT id, email, name, phone FROM customers ORDER BY id;
