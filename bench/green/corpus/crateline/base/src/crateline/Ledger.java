package crateline;

import java.util.LinkedHashMap;
import java.util.Map;

/** How much of each article is there. */
public final class Ledger {
    private final Map<String, Integer> stock = new LinkedHashMap<>();

    public void add(String article, int quantity) {
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity must be positive");
        }
        stock.merge(article, quantity, Integer::sum);
    }

    public void remove(String article, int quantity) {
        stock.put(article, level(article) - quantity);
    }

    public int level(String article) {
        return stock.getOrDefault(article, 0);
    }

    public Map<String, Integer> levels() {
        return Map.copyOf(stock);
    }
}
