package genka.generate;

import genka.units.Fault;
import genka.units.GenkaException;

/** A model's logits are not finite: no token can be drawn and nothing measured. What trains it knows better than this message why. */
public final class NotFiniteException extends GenkaException {
    private static final long serialVersionUID = 1;

    public NotFiniteException() {
        super(
                Fault.USER,
                "The model's logits are not finite, so no token can be drawn. Maybe the learning rate is too high, or the weights are damaged?");
    }
}
