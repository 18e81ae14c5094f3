package depot.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Runner KNOWN-FAILURES CLASS... */
public final class Runner {
    private int passed;
    private int failed;
    private int known;

    private void run(Class<?> type, Method method, Set<String> knownFailures) throws Exception {
        Object instance = type.getDeclaredConstructor().newInstance();
        String name = type.getSimpleName() + "." + method.getName();
        try {
            method.invoke(instance);
            passed++;
        } catch (InvocationTargetException e) {
            if (knownFailures.contains(name)) {
                known++;
                return;
            }
            failed++;
            System.out.println("FAIL " + name + ": " + e.getCause());
        }
    }

    public static void main(String[] args) throws Exception {
        Set<String> knownFailures = new HashSet<>(Files.readAllLines(Path.of(args[0])));
        Runner runner = new Runner();
        for (int i = 1; i < args.length; i++) {
            Class<?> type = Class.forName(args[i]);
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    runner.run(type, method, knownFailures);
                }
            }
        }
        System.out.printf("%d passed, %d failed, %d known%n", runner.passed, runner.failed, runner.known);
        System.exit(runner.failed > 0 || runner.passed == 0 ? 1 : 0);
    }
}
