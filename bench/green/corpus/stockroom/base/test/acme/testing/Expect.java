package acme.testing;

public final class Expect {
    private Expect() {}

    public interface Body {
        void run() throws Exception;
    }

    public static <T extends Throwable> T thrown(Class<T> type, Body body) {
        try {
            body.run();
        } catch (Throwable t) {
            assert type.isInstance(t) : "expected " + type.getName() + " but got " + t;
            return type.cast(t);
        }
        throw new AssertionError("nothing was thrown");
    }
}
