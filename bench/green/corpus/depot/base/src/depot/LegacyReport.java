package depot;

import java.util.List;

/** Fixed-width report of the old mainframe. Nobody reads it any more. */
public final class LegacyReport {
    private LegacyReport() {}

    public static String of(Stock stock, List<String> skus) {
        StringBuilder out = new StringBuilder();
        for (String sku : skus) {
            out.append(String.format("%-8s%6d%n", sku, stock.level(sku)));
        }
        return out.toString();
    }
}
