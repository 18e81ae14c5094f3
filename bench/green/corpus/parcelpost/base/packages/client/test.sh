exec node --test test/
