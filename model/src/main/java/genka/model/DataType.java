package genka.model;

/** What the values of a stored tensor are, by the names of the safetensors format. */
public enum DataType {
    F64(64, true),
    F32(32, true),
    F16(16, true),
    BF16(16, true),
    /** Sign, four exponent bits with bias 7, three mantissa bits; no infinities, largest 448 (arXiv 2209.05433). */
    F8_E4M3(8, true),
    F8_E5M2(8, false),
    F8_E8M0(8, false),
    F8_E4M3FNUZ(8, false),
    F8_E5M2FNUZ(8, false),
    F6_E2M3(6, false),
    F6_E3M2(6, false),
    F4(4, false),
    C64(64, false),
    I64(64, false),
    I32(32, false),
    I16(16, false),
    I8(8, false),
    U64(64, false),
    U32(32, false),
    U16(16, false),
    U8(8, false),
    BOOL(8, false);

    /** The largest e4m3 value. */
    static final float LARGEST_E4M3 = 448;

    private static final int LEAST_E4M3_EXPONENT = -6;

    private static final float[] E4M3 = e4m3Values();

    private final int bits;
    private final boolean readableAsFloat;

    DataType(int bits, boolean readableAsFloat) {
        this.bits = bits;
        this.readableAsFloat = readableAsFloat;
    }

    /** Bits one element takes. */
    public int bits() {
        return bits;
    }

    /** Whether weights may be stored so: the float types that Genka reads. */
    public boolean readableAsFloat() {
        return readableAsFloat;
    }

    /** The value of an e4m3 byte. */
    static float e4m3(byte value) {
        return E4M3[value & 0xff];
    }

    /** The nearest value that e4m3 has, ties to even; beyond ±448 it is ±448 (arXiv 2209.05433 §3.1, saturating). */
    static float roundToE4m3(float value) {
        float size = Math.min(Math.abs(value), LARGEST_E4M3);
        int exponent = Math.max(Math.getExponent(size), LEAST_E4M3_EXPONENT);
        float unit = Math.scalb(1f, exponent - 3);
        return Math.copySign((float) Math.rint(size / unit) * unit, value);
    }

    /** The upper half of the float, rounded to nearest, ties to even. */
    static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    private static float[] e4m3Values() {
        float[] values = new float[256];
        for (int code = 0; code < 256; code++) {
            int exponent = (code >> 3) & 15;
            int mantissa = code & 7;
            float size = exponent == 0
                    ? Math.scalb((float) mantissa, -9)
                    : exponent == 15 && mantissa == 7 ? Float.NaN : Math.scalb(1 + mantissa / 8f, exponent - 7);
            values[code] = (code & 0x80) == 0 ? size : -size;
        }
        return values;
    }
}
