package tools;

import java.util.Objects;

public final class Check {
    private Check() {}

    public static void same(Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError("expected " + expected + " but got " + actual);
        }
    }

    public static <E extends Exception> E fails(Class<E> type, Runnable body) {
        try {
            body.run();
        } catch (Exception e) {
            if (type.isInstance(e)) return type.cast(e);
            throw new AssertionError("expected " + type.getName() + " but got " + e);
        }
        throw new AssertionError("expected " + type.getName());
    }
}
