package parcels;

import java.util.ArrayList;
import java.util.List;

/** What happened to a parcel. */
public final class Journal {
    public record Entry(long at, String what) {}

    private final List<Entry> entries = new ArrayList<>();

    public void add(long at, String what) {
        entries.add(new Entry(at, what));
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** One entry per line: time, tab, text. */
    public String save() {
        StringBuilder b = new StringBuilder();
        for (Entry e : entries) b.append(e.at()).append('\t').append(e.what()).append('\n');
        return b.toString();
    }

    public static Journal load(String text) {
        Journal j = new Journal();
        for (String line : text.lines().toList()) {
            int tab = line.indexOf('\t');
            j.add(Long.parseLong(line.substring(0, tab)), line.substring(tab + 1));
        }
        return j;
    }
}
