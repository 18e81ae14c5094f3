package parcels;

/** Text of the label on a parcel. */
public final class Label {
    private final String name;
    private final String street;
    private final String zip;
    private final String city;

    public Label(String name, String street, String zip, String city) {
        this.name = name;
        this.street = street;
        this.zip = zip;
        this.city = city;
    }

    public String print() {
        return name + "\n" + street + "\n" + zip + " " + city;
    }
}
