package depot;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

public class Stock {
    private final Map<String, Item> items = new TreeMap<>();
    private final Map<String, Integer> levels = new TreeMap<>();

    public void add(Item item) {
        if (items.putIfAbsent(item.sku(), item) != null) {
            throw new IllegalArgumentException("duplicate sku: " + item.sku());
        }
        levels.put(item.sku(), 0);
    }

    public int level(String sku) {
        Integer level = levels.get(sku);
        if (level == null) {
            throw new IllegalArgumentException("unknown sku: " + sku);
        }
        return level;
    }

    public void receive(String sku, int count) {
        levels.put(sku, level(sku) + count);
    }

    public void issue(String sku, int count) {
        int level = level(sku);
        if (count > level) {
            throw new IllegalArgumentException("only " + level + " of " + sku);
        }
        levels.put(sku, level - count);
    }

    /** Skus below their minimum, in order. */
    public List<String> reorder() {
        List<String> out = new ArrayList<>();
        for (Item item : items.values()) {
            if (levels.get(item.sku()) < item.minimum()) {
                out.add(item.sku());
            }
        }
        return out;
    }
}
