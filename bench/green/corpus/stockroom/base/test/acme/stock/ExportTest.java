package acme.stock;

import java.util.List;

public class ExportTest {
    public void testRoundTrip() throws Exception {
        assert Export.read(Export.write(List.of("bolt", "nut"))).equals(List.of("bolt", "nut"));
    }
}
