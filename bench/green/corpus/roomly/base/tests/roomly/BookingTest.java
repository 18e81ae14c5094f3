package roomly;

import java.time.LocalDateTime;
import testing.Check;
import testing.Test;

public final class BookingTest {
    static Booking booking(String room, int from, int to) {
        return new Booking(room, LocalDateTime.of(2026, 3, 2, from, 0), LocalDateTime.of(2026, 3, 2, to, 0));
    }

    @Test
    public void overlaps() {
        Check.equal(true, booking("A", 9, 11).overlaps(booking("A", 10, 12)));
        Check.equal(false, booking("A", 9, 10).overlaps(booking("A", 11, 12)));
    }

    @Test
    public void otherRoomsDoNotOverlap() {
        Check.equal(false, booking("A", 9, 11).overlaps(booking("B", 9, 11)));
    }

    @Test
    public void endsAfterItsStart() {
        Check.fails(IllegalArgumentException.class, () -> booking("A", 9, 9));
    }
}
