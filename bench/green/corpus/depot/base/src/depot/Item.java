package depot;

public record Item(String sku, String name, int minimum) {
    public Item {
        if (sku == null || !sku.matches("[A-Z]{2}-\\d{3}")) {
            throw new IllegalArgumentException("bad sku: " + sku);
        }
        if (minimum < 0) {
            throw new IllegalArgumentException("minimum is negative");
        }
    }
}
