package acme.stock;

import java.util.HashMap;
import java.util.Map;

/** How many pieces of each article are there. */
public final class Shelf {
    private final Map<String, Integer> pieces = new HashMap<>();

    public void put(String article, int n) {
        if (n <= 0) throw new IllegalArgumentException("n: " + n);
        pieces.merge(article, n, Integer::sum);
    }

    public int count(String article) {
        return pieces.getOrDefault(article, 0);
    }

    public void take(String article, int n) {
        if (n > count(article)) throw new IllegalStateException(article + ": only " + count(article));
        pieces.put(article, count(article) - n);
    }
}
