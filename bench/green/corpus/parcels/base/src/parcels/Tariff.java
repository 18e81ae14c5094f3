package parcels;

/** Prices in cents. */
public final class Tariff {
    public int price(int grams) {
        if (grams <= 0) throw new IllegalArgumentException("weight: " + grams);
        if (grams <= 1000) return 390;
        if (grams <= 5000) return 590;
        return 990;
    }
}
