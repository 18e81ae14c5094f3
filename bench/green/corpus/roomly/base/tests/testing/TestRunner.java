package testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;

/** Runs the methods with @Test of the named classes. */
public final class TestRunner {
    private TestRunner() {}

    public static void main(String[] args) throws Exception {
        Set<String> quarantine = new HashSet<>();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                quarantine.add(line.trim().split("\\s+")[0]);
            }
        }
        int passed = 0;
        int failed = 0;
        for (String name : Arrays.asList(args).subList(1, args.length)) {
            Class<?> type = Class.forName(name);
            Method[] methods = type.getDeclaredMethods();
            Arrays.sort(methods, Comparator.comparing(Method::getName));
            for (Method method : methods) {
                if (!method.isAnnotationPresent(Test.class)) {
                    continue;
                }
                String label = type.getSimpleName() + "." + method.getName();
                try {
                    method.invoke(type.getDeclaredConstructor().newInstance());
                    passed++;
                } catch (InvocationTargetException error) {
                    boolean counts = !quarantine.contains(label);
                    System.out.println((counts ? "FAILED " : "quarantined ") + label + ": " + error.getCause());
                    if (counts) {
                        failed++;
                    }
                }
            }
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
