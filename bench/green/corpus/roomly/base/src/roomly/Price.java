package roomly;

import java.math.BigDecimal;
import java.time.Duration;

/** An amount of francs. */
public record Price(BigDecimal amount) {
    public static Price of(String amount) {
        return new Price(new BigDecimal(amount));
    }

    /** The price of some time at a rate for one hour; each started quarter of an hour counts. */
    public static Price forTime(Duration time, Price hourly) {
        long quarters = (time.toMinutes() + 14) / 15;
        return new Price(hourly.amount.multiply(BigDecimal.valueOf(quarters)).divide(BigDecimal.valueOf(4)));
    }

    public Price plus(Price other) {
        return new Price(amount.add(other.amount));
    }
}
