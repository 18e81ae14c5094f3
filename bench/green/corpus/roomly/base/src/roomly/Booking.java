package roomly;

import java.time.LocalDateTime;

/** A room from a time on, up to but not including another one. */
public final class Booking {
    private final String room;
    private final LocalDateTime start;
    private final LocalDateTime end;

    public Booking(String room, LocalDateTime start, LocalDateTime end) {
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("a booking ends after its start");
        }
        this.room = room;
        this.start = start;
        this.end = end;
    }

    public String room() {
        return room;
    }

    public LocalDateTime start() {
        return start;
    }

    public LocalDateTime end() {
        return end;
    }

    public boolean overlaps(Booking other) {
        return room.equals(other.room) && !start.isAfter(other.end) && !other.start.isAfter(end);
    }
}
