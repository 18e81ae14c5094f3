package depot.testing;

import java.util.Objects;

public final class Check {
    private Check() {}

    public static void equal(Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError("expected <" + expected + "> but got <" + actual + ">");
        }
    }

    public static <T extends Throwable> T fails(Class<T> type, Runnable code) {
        try {
            code.run();
        } catch (Throwable thrown) {
            if (thrown.getClass() == type) {
                return type.cast(thrown);
            }
            throw new AssertionError("expected " + type + " but got " + thrown);
        }
        throw new AssertionError("expected " + type);
    }
}
