package depot;

import depot.testing.Check;
import depot.testing.Test;
import java.util.List;

public class StockTest {
    private final Stock stock = new Stock();

    public StockTest() {
        stock.add(new Item("AB-001", "bolt", 10));
        stock.add(new Item("AB-002", "nut", 0));
        stock.receive("AB-001", 12);
    }

    @Test
    public void receiveAndIssue() {
        stock.issue("AB-001", 5);
        Check.equal(7, stock.level("AB-001"));
    }

    @Test
    public void cannotIssueMoreThanThereIs() {
        var e = Check.fails(IllegalArgumentException.class, () -> stock.issue("AB-001", 13));
        Check.equal("only 12 of AB-001", e.getMessage());
        Check.equal(12, stock.level("AB-001"));
    }

    @Test
    public void unknownSku() {
        Check.fails(IllegalArgumentException.class, () -> stock.level("ZZ-999"));
    }

    @Test
    public void reorderBelowMinimum() {
        Check.equal(List.of(), stock.reorder());
        stock.issue("AB-001", 3);
        Check.equal(List.of("AB-001"), stock.reorder());
    }
}
