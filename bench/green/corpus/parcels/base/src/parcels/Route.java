package parcels;

import java.util.ArrayList;
import java.util.List;

/** Stops of one van, in driving order. */
public final class Route {
    private final List<String> stops = new ArrayList<>();

    public void add(String stop) {
        stops.add(stop);
    }

    public List<String> stops() {
        return stops;
    }

    public int legs() {
        return Math.max(0, stops.size() - 1);
    }
}
