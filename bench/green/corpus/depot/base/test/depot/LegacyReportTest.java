package depot;

import depot.testing.Check;
import depot.testing.Test;
import java.util.List;

public class LegacyReportTest {
    @Test
    public void fixedWidth() {
        Stock stock = new Stock();
        stock.add(new Item("AB-001", "bolt", 0));
        Check.equal(String.format("AB-001       0%n"), LegacyReport.of(stock, List.of("AB-001")));
    }
}
