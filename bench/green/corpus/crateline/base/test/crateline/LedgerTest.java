package crateline;

final class LedgerTest {
    private LedgerTest() {}

    static void run() {
        adds();
        removes();
        refuses();
    }

    private static void adds() {
        Ledger ledger = new Ledger();
        ledger.add("bolt", 40);
        ledger.add("bolt", 2);
        Check.equal("level after adding", 42, ledger.level("bolt"));
        Check.equal("level of nothing", 0, ledger.level("nut"));
    }

    private static void removes() {
        Ledger ledger = new Ledger();
        ledger.add("bolt", 40);
        ledger.remove("bolt", 15);
        Check.equal("level after removing", 25, ledger.level("bolt"));
    }

    private static void refuses() {
        Check.fails("adding none", IllegalArgumentException.class, () -> new Ledger().add("bolt", 0));
    }
}
