package parcels;

import static tools.Check.fails;
import static tools.Check.same;

public class TariffTest {
    private final Tariff tariff = new Tariff();

    public void testSteps() {
        same(390, tariff.price(1));
        same(390, tariff.price(1000));
        same(590, tariff.price(1001));
        same(590, tariff.price(5000));
        same(990, tariff.price(5001));
    }

    public void testNoWeight() {
        fails(IllegalArgumentException.class, () -> tariff.price(0));
    }
}
