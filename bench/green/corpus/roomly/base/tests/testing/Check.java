package testing;

import java.util.Objects;

public final class Check {
    private Check() {}

    public interface Action {
        void run() throws Exception;
    }

    public static void equal(Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError("expected " + expected + " but got " + actual);
        }
    }

    public static void isTrue(boolean value, String what) {
        if (!value) {
            throw new AssertionError(what);
        }
    }

    public static <T extends Throwable> void fails(Class<T> type, Action action) {
        try {
            action.run();
        } catch (Throwable error) {
            if (type.isInstance(error)) {
                return;
            }
            throw new AssertionError("expected " + type.getName(), error);
        }
        throw new AssertionError("expected " + type.getName() + " but nothing was thrown");
    }
}
