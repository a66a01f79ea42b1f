package genka.model;

import genka.catalog.ModelSpec;

/** A model: its specification and its weights. What passes through it lives in {@link ModelPass} and {@link Decoder}. */
public record Model(ModelSpec spec, Parameters parameters) {}
