package tools;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;

/** Runs every public void method that starts with "test"; exit status 1 if one fails. */
public final class Runner {
    public static void main(String[] args) throws Exception {
        int run = 0;
        int failed = 0;
        for (String name : args) {
            Class<?> type = Class.forName(name);
            Method[] methods = type.getMethods();
            Arrays.sort(methods, Comparator.comparing(Method::getName));
            for (Method m : methods) {
                if (!m.getName().startsWith("test")) continue;
                run++;
                try {
                    m.invoke(type.getDeclaredConstructor().newInstance());
                } catch (InvocationTargetException e) {
                    failed++;
                    System.out.println("FAIL " + name + "." + m.getName() + ": " + e.getCause());
                }
            }
        }
        System.out.println(run + " run, " + failed + " failed");
        System.exit(failed == 0 && run > 0 ? 0 : 1);
    }
}
