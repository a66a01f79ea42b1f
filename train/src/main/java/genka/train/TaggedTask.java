package genka.train;

import java.util.Optional;

/** A task whose responses have the form of {@link Response}: a thought, if any, then the answer. */
interface TaggedTask extends Task {
    @Override
    default boolean thinks(String response) {
        return Response.thinks(response);
    }

    @Override
    default Optional<Reading> read(String response) {
        return Response.parse(response).map(r -> new Reading(r.thinking(), r.answer()));
    }
}
