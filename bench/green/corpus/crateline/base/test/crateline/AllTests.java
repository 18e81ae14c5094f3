package crateline;

/** Runs all tests. */
public final class AllTests {
    private AllTests() {}

    public static void main(String[] args) {
        LedgerTest.run();
        CsvImportTest.run();
        LabelsTest.run();
        System.out.println(Check.count() + " checks passed");
    }
}
