package parcels;

import static tools.Check.same;

public class LabelTest {
    public void testPrint() {
        same("Ada\nMain St 1\n12345 Berlin", new Label("Ada", "Main St 1", "12345", "Berlin").print());
    }
}
