package crateline;

import java.util.List;
import java.util.logging.Logger;

/** Reads deliveries: a line for each article, with its quantity after a semicolon. */
public final class CsvImport {
    private static final Logger LOG = Logger.getLogger(CsvImport.class.getName());

    private CsvImport() {}

    /** How many lines were read. */
    public static int read(List<String> lines, Ledger ledger) {
        int count = 0;
        for (String line : lines) {
            if (line.isBlank()) {
                LOG.fine("blank line");
                continue;
            }
            String[] parts = line.split(";", -1);
            if (parts.length != 2) {
                throw new IllegalArgumentException("not two columns: " + line);
            }
            ledger.add(parts[0].strip(), Integer.parseInt(parts[1].strip()));
            count += 1;
        }
        return count;
    }
}
