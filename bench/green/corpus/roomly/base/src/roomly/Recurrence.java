package roomly;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

/** Repeated times. */
public final class Recurrence {
    private Recurrence() {}

    /** The first times of a weekly meeting. */
    public static List<ZonedDateTime> weekly(ZonedDateTime first, int count) {
        List<ZonedDateTime> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            times.add(first.plus(Duration.ofDays(7L * i)));
        }
        return times;
    }
}
