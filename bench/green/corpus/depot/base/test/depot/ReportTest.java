package depot;

import depot.testing.Check;
import depot.testing.Test;
import java.util.List;

public class ReportTest {
    @Test
    public void csv() {
        Stock stock = new Stock();
        stock.add(new Item("AB-001", "bolt", 0));
        stock.receive("AB-001", 4);
        Check.equal("sku,level\nAB-001,4\n", CsvReport.of(stock, List.of("AB-001")));
    }
}
