package acme.stock;

import java.util.List;

/** An order over several articles. */
public record Order(String customer, List<Line> lines) {
    public record Line(String article, int n) {}

    public Order {
        lines = List.copyOf(lines);
    }

    /** Takes everything from the shelf. */
    public void fulfil(Shelf shelf) {
        for (Line line : lines) shelf.take(line.article(), line.n());
    }
}
