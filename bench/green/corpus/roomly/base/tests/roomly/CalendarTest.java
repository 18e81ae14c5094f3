package roomly;

import static roomly.BookingTest.booking;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import testing.Check;
import testing.Test;

public final class CalendarTest {
    @Test
    public void rejectsWhatOverlaps() {
        Calendar calendar = new Calendar();
        Check.equal(true, calendar.add(booking("A", 9, 11)));
        Check.equal(false, calendar.add(booking("A", 10, 12)));
        Check.equal(true, calendar.add(booking("B", 10, 12)));
        Check.equal(2, calendar.size());
    }

    @Test
    public void bookingsAreSorted() {
        Calendar calendar = new Calendar();
        calendar.add(booking("A", 14, 15));
        calendar.add(booking("A", 9, 10));
        Check.equal(9, calendar.of("A").get(0).start().getHour());
        Check.equal(14, calendar.of("A").get(1).start().getHour());
    }

    @Test
    public void gapsBetweenBookings() {
        Calendar calendar = new Calendar();
        calendar.add(booking("A", 9, 10));
        calendar.add(booking("A", 14, 15));
        List<Booking> gaps = calendar.free("A");
        Check.equal(1, gaps.size());
        Check.equal(10, gaps.get(0).start().getHour());
        Check.equal(14, gaps.get(0).end().getHour());
    }

    @Test
    public void parallelAddsKeepOneBooking() throws Exception {
        for (int round = 0; round < 300; round++) {
            Calendar calendar = new Calendar();
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException error) {
                        throw new IllegalStateException(error);
                    }
                    calendar.add(booking("A", 9, 10));
                });
                thread.start();
                threads.add(thread);
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            Check.equal(1, calendar.size());
        }
    }
}
