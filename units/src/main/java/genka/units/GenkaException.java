package genka.units;

/** The one exception users see: what and its value, the limit, then advice ("Maybe …"), and whose fault it is. */
public class GenkaException extends RuntimeException {
    private final Fault fault;

    public GenkaException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    public GenkaException(Fault fault, String message, Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    public static GenkaException user(String message) {
        return new GenkaException(Fault.USER, message);
    }

    public static GenkaException resource(String message) {
        return new GenkaException(Fault.RESOURCE, message);
    }

    public Fault fault() {
        return fault;
    }
}
