package parcels;

import static tools.Check.same;

import java.util.List;

public class RouteTest {
    public void testStopsKeepTheirOrder() {
        Route r = new Route();
        r.add("B");
        r.add("A");
        same(List.of("B", "A"), r.stops());
        same(1, r.legs());
    }

    public void testEmpty() {
        same(0, new Route().legs());
    }
}
