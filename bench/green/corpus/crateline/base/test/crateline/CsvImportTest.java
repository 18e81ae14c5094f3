package crateline;

import java.util.List;

final class CsvImportTest {
    private CsvImportTest() {}

    static void run() {
        reads();
        refuses();
    }

    private static void reads() {
        Ledger ledger = new Ledger();
        Check.equal("lines", 2, CsvImport.read(List.of("bolt; 40", "", "nut;7"), ledger));
        Check.equal("bolts", 40, ledger.level("bolt"));
        Check.equal("nuts", 7, ledger.level("nut"));
    }

    private static void refuses() {
        Check.fails("one column", IllegalArgumentException.class, () -> CsvImport.read(List.of("bolt"), new Ledger()));
        Check.fails("a word", NumberFormatException.class, () -> CsvImport.read(List.of("bolt;many"), new Ledger()));
    }
}
