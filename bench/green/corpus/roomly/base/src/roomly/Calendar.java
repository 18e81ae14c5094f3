package roomly;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All bookings of a house. */
public final class Calendar {
    private final List<Booking> bookings = new ArrayList<>();

    /** Adds a booking unless it overlaps another one. */
    public boolean add(Booking booking) {
        for (Booking other : bookings) {
            if (other.overlaps(booking)) {
                return false;
            }
        }
        bookings.add(booking);
        return true;
    }

    /** The bookings of a room by time. */
    public List<Booking> of(String room) {
        List<Booking> result = new ArrayList<>();
        for (Booking booking : bookings) {
            if (booking.room().equals(room)) {
                result.add(booking);
            }
        }
        result.sort(Comparator.comparing(Booking::start));
        return result;
    }

    /** The gaps between the bookings of a room, each as a booking. */
    public List<Booking> free(String room) {
        List<Booking> gaps = new ArrayList<>();
        LocalDateTime last = null;
        for (Booking booking : of(room)) {
            if (last != null && last.isBefore(booking.start())) {
                gaps.add(new Booking(room, last, booking.start()));
            }
            last = booking.end();
        }
        return gaps;
    }

    public int size() {
        return bookings.size();
    }
}
