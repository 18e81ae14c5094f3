package depot;

import java.util.List;

/** Comma separated lines: sku, level. */
public final class CsvReport {
    private CsvReport() {}

    public static String of(Stock stock, List<String> skus) {
        StringBuilder out = new StringBuilder("sku,level\n");
        for (String sku : skus) {
            out.append(sku).append(',').append(stock.level(sku)).append('\n');
        }
        return out.toString();
    }
}
