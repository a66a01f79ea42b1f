package genka.plan;

import genka.catalog.Accelerator.Dtype;
import genka.units.GenkaException;
import java.util.Locale;
import java.util.Optional;

/** The number format of the large matrix products; attention, embeddings and head stay in 16 bits. */
public enum Precision {
    BF16(Dtype.BF16, 2),
    FP16(Dtype.FP16, 2),
    FP8(Dtype.FP8, 1),
    FP4(Dtype.FP4, 0.5);

    private final Dtype dtype;
    private final double bytes;

    Precision(Dtype dtype, double bytes) {
        this.dtype = dtype;
        this.bytes = bytes;
    }

    public Dtype dtype() {
        return dtype;
    }

    /** In small letters, as recipes have it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Bytes of a value that a product reads. */
    double bytes() {
        return bytes;
    }

    boolean narrow() {
        return bytes < 2;
    }

    /** What published tables write: MXFP8, FP8-CS, NVFP4, "fp8 GEMMs (E4M3 ...)", bf16. */
    public static Optional<Precision> read(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.contains("fp4")) {
            return Optional.of(FP4);
        }
        if (word.contains("fp8")) {
            return Optional.of(FP8);
        }
        if (word.contains("bf16") || word.contains("bfloat16")) {
            return Optional.of(BF16);
        }
        return word.contains("fp16") || word.contains("float16") ? Optional.of(FP16) : Optional.empty();
    }

    static Precision named(String text) {
        return read(text)
                .orElseThrow(() -> GenkaException.user(
                        "precision (" + text + ") must be one of bf16, fp16, fp8, fp4. Maybe bf16?"));
    }
}
