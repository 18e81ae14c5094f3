package crateline;

import java.util.Locale;

/** Texts for the label printer. */
public final class Labels {
    private Labels() {}

    /** The article, and how many of it are in the box. */
    public static String box(String article, int quantity) {
        return article.toUpperCase(Locale.ROOT) + "\nQTY " + quantity + "\n";
    }

    public static String shelf(int row, int place) {
        return String.format(Locale.ROOT, "R%02d-P%03d", row, place);
    }
}
