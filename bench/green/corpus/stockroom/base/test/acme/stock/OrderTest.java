package acme.stock;

import java.util.List;

public class OrderTest {
    public void testFulfil() {
        Shelf s = new Shelf();
        s.put("bolt", 5);
        new Order("Ada", List.of(new Order.Line("bolt", 3))).fulfil(s);
        assert s.count("bolt") == 2 : s.count("bolt");
    }
}
