package crateline;

/** What the tests demand. */
final class Check {
    private static int count;

    private Check() {}

    static void equal(String what, Object expected, Object actual) {
        count += 1;
        if (!expected.equals(actual)) {
            throw new AssertionError(what + ": expected " + expected + ", got " + actual);
        }
    }

    static void fails(String what, Class<? extends Exception> expected, Runnable action) {
        count += 1;
        try {
            action.run();
        } catch (RuntimeException thrown) {
            equal(what, expected, thrown.getClass());
            return;
        }
        throw new AssertionError(what + ": nothing was thrown");
    }

    static int count() {
        return count;
    }
}
