package roomly;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import testing.Check;
import testing.Test;

public final class RecurrenceTest {
    @Test
    public void weekly() {
        ZonedDateTime first = ZonedDateTime.of(2026, 1, 5, 9, 0, 0, 0, ZoneId.of("Europe/Zurich"));
        List<ZonedDateTime> times = Recurrence.weekly(first, 3);
        Check.equal(3, times.size());
        Check.equal(ZonedDateTime.of(2026, 1, 19, 9, 0, 0, 0, ZoneId.of("Europe/Zurich")), times.get(2));
    }
}
