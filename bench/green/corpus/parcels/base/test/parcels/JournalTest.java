package parcels;

import static tools.Check.same;

public class JournalTest {
    public void testSaveAndLoad() {
        Journal j = new Journal();
        j.add(5, "posted");
        j.add(9, "delivered");
        same("5\tposted\n9\tdelivered\n", j.save());
        same(j.entries(), Journal.load(j.save()).entries());
    }
}
