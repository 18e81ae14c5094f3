package acme.stock;

import acme.testing.Expect;

public class ShelfTest {
    public void testPutAndCount() {
        Shelf s = new Shelf();
        s.put("bolt", 5);
        s.put("bolt", 2);
        assert s.count("bolt") == 7;
        assert s.count("nut") == 0;
    }

    public void testTakeTooMany() {
        Shelf s = new Shelf();
        s.put("bolt", 1);
        assert Expect.thrown(IllegalStateException.class, () -> s.take("bolt", 2)).getMessage().equals("bolt: only 1");
        assert s.count("bolt") == 1;
    }
}
