package acme.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** Runs all public methods of a class whose names start with "test". */
public final class Runner {
    private Runner() {}

    public static void main(String[] args) throws Exception {
        Class<?> type = Class.forName(args[0]);
        int run = 0;
        int failed = 0;
        for (Method m : type.getMethods()) {
            if (!m.getName().startsWith("test")) continue;
            run++;
            try {
                m.invoke(type.getDeclaredConstructor().newInstance());
            } catch (InvocationTargetException e) {
                failed++;
                System.err.println("FAIL " + type.getSimpleName() + "." + m.getName());
                e.getCause().printStackTrace();
            }
        }
        System.out.println(type.getSimpleName() + ": " + run + " run, " + failed + " failed");
        if (run == 0 || failed > 0) System.exit(1);
    }
}
