package roomly;

import java.time.Duration;
import testing.Check;
import testing.Test;

public final class PriceTest {
    @Test
    public void startedQuartersCount() {
        Check.equal(Price.of("10"), Price.forTime(Duration.ofMinutes(60), Price.of("10")));
        Check.equal(Price.of("12.5"), Price.forTime(Duration.ofMinutes(61), Price.of("10")));
    }

    @Test
    public void plus() {
        Check.equal(Price.of("12.75"), Price.of("12.25").plus(Price.of("0.50")));
    }
}
