package depot;

import depot.testing.Check;
import depot.testing.Test;

public class ItemTest {
    @Test
    public void skuTooShort() {
        Check.fails(IllegalArgumentException.class, () -> new Item("A-001", "x", 0));
    }

    @Test
    public void skuLowerCase() {
        Check.fails(IllegalArgumentException.class, () -> new Item("ab-001", "x", 0));
    }

    @Test
    public void skuNull() {
        Check.fails(IllegalArgumentException.class, () -> new Item(null, "x", 0));
    }

    @Test
    public void negativeMinimum() {
        Check.fails(IllegalArgumentException.class, () -> new Item("AB-001", "x", -1));
    }
}
