package crateline;

final class LabelsTest {
    private LabelsTest() {}

    static void run() {
        Check.equal("box", "BOLT\nQTY 40\n", Labels.box("bolt", 40));
        Check.equal("shelf", "R03-P012", Labels.shelf(3, 12));
    }
}
