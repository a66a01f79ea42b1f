package genka.kernel;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM makes of the Vector API. Without compiled vector instructions the kernels are correct but hundreds of times slower,
 * so that a start-up should say so.
 *
 * @param instructionSet "AVX-512", "AVX2", "NEON" …, or "none"
 * @param lanes floats in a vector; 1 when there are none
 * @param problem why the kernels will be slow, with advice; empty when they will be fast
 */
public record VectorSupport(String instructionSet, int lanes, Optional<String> problem) {
    private static final String MODULE = "jdk.incubator.vector";

    /** Looks at the running JVM; takes some microseconds and compiles nothing. */
    public static VectorSupport detect() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return new VectorSupport(
                    "none",
                    1,
                    Optional.of(
                            "The module " + MODULE + " is not loaded. Maybe start with --add-modules=" + MODULE + "?"));
        }
        int lanes = Lanes.COUNT;
        return of(property("os.arch"), lanes, property("java.vm.info"));
    }

    static VectorSupport of(String architecture, int lanes, String vmInfo) {
        boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64");
        String set = instructionSet(x86, architecture, lanes);
        return new VectorSupport(set, lanes, Optional.ofNullable(problem(x86, set, vmInfo)));
    }

    private static String instructionSet(boolean x86, String architecture, int lanes) {
        if (x86) {
            return lanes >= 16 ? "AVX-512" : lanes == 8 ? "AVX2" : "SSE";
        }
        if (architecture.equals("aarch64")) {
            return lanes == 4 ? "NEON" : "SVE";
        }
        return architecture;
    }

    private static @Nullable String problem(boolean x86, String set, String vmInfo) {
        if (vmInfo.contains("interpreted")) {
            return "This JVM only interprets (" + vmInfo + "). Maybe remove -Xint?";
        }
        if (vmInfo.contains("emulated-client")) {
            return "This JVM runs without its optimising compiler (" + vmInfo
                    + "), which alone knows vector instructions. Maybe remove -XX:TieredStopAtLevel?";
        }
        if (x86 && set.equals("SSE")) {
            return "This processor or JVM offers no AVX2 with fused multiply-add. Maybe remove -XX:UseAVX, or use a processor of 2013 or later?";
        }
        return null;
    }

    private static String property(String name) {
        return System.getProperty(name, "").toLowerCase(Locale.ROOT);
    }

    /** For people: "AVX-512, 16 float lanes". */
    public String description() {
        return instructionSet + ", " + lanes + (lanes == 1 ? " float lane" : " float lanes");
    }
}
